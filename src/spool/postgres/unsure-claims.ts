import { type Clock } from '../../clock/clock.js';
import { type SpoolListeners } from '../spool-events.js';
import { toUnclaim } from '../steps.js';
import { MAY_BE_MADE_FOR_MS } from './connections.js';
import { type DeliveryWriter } from './delivery-writer.js';

interface Options {
  readonly clock: Clock;
  readonly writer: DeliveryWriter;
  readonly listeners: SpoolListeners;
  readonly holder: string;
}

interface Claim {
  readonly id: number;
  readonly backend: string;
  readonly at: number;
}

/** Claims of which nobody has heard whether they were made. Nothing is attempted by them, so they are ended. */
export class UnsureClaims {
  /** And since when; monotonic. */
  readonly #claims = new Map<Claim, number>();

  constructor(private readonly options: Options) {}

  add(claim: Claim): void {
    this.#claims.set(claim, this.options.clock.monotonic());
  }

  /** Ends those that were made. Never rejects: what fails is tried with the next call. */
  async end(): Promise<void> {
    const { writer, holder, listeners, clock } = this.options;
    for (const [claim, since] of this.#claims) {
      const { id, backend, at } = claim;
      try {
        const change = await writer.change(id, toUnclaim(backend, at, holder));
        if (change !== undefined) listeners.tell([{ kind: 'owed', backend, id }]);
        const isOver = clock.monotonic() - since > MAY_BE_MADE_FOR_MS;
        if (change !== undefined || isOver) this.#claims.delete(claim);
      } catch {
        return;
      }
    }
  }
}

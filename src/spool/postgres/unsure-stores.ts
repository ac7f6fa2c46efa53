import { type Clock } from '../../clock/clock.js';
import { isRunning } from '../../model/forward.js';
import { type Recent } from '../../model/recent.js';
import { toReconcile } from '../steps.js';
import { MAY_BE_MADE_FOR_MS } from './connections.js';
import { type DeliveryWriter } from './delivery-writer.js';

interface Options {
  readonly clock: Clock;
  readonly writer: DeliveryWriter;
  readonly holder: string;
  /** Hears of each that was stored. */
  readonly onStored: (recent: Recent) => Promise<void>;
}

interface Unsure {
  /** Monotonic. */
  readonly since: number;
  /** What this process remembers of the delivery. */
  readonly recent?: Recent;
}

/** Deliveries of which nobody has heard whether they are stored: if so, what became of our attempts is settled there. */
export class UnsureStores {
  readonly #stores = new Map<number, Unsure>();

  constructor(private readonly options: Options) {}

  add(id: number): void {
    this.#stores.set(id, { since: this.options.clock.monotonic() });
  }

  /** What is remembered of a delivery is other than before. */
  learn(recents: readonly Recent[]): void {
    for (const recent of recents) {
      const unsure = this.#stores.get(recent.id);
      if (unsure !== undefined && recent.stored !== undefined)
        this.#stores.set(recent.id, { ...unsure, recent });
    }
  }

  /** Settles those that were stored. Never rejects: what fails is tried with the next call. */
  async end(): Promise<void> {
    const { writer, holder, clock, onStored } = this.options;
    for (const [id, { since, recent }] of this.#stores) {
      const forwards = recent?.stored?.forwards;
      if (recent === undefined || forwards === undefined) continue;
      try {
        const change = await writer.change(id, toReconcile(forwards, holder));
        if (change !== undefined) await onStored(recent);
        const isOver = clock.monotonic() - since > MAY_BE_MADE_FOR_MS;
        // What is still running will be remembered once more.
        if (isOver && !forwards.some(isRunning)) this.#stores.delete(id);
      } catch {
        return;
      }
    }
  }
}

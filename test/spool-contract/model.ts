import {
  type Forward,
  type ForwardState,
  isKept,
  isOwedAndRunning,
  isRunning,
} from '../../src/model/forward.js';
import { identityKey } from '../../src/model/identity.js';
import { type StoredDelivery } from '../../src/model/stored-delivery.js';
import { deliveryBytes } from '../../src/spool/delivery-bytes.js';
import { type Change, type ForwardCounts, type SpoolEvent } from '../../src/spool/spool.js';

export interface Known {
  readonly stored: StoredDelivery;
  readonly payload: Buffer;
}

/** What a spool is, without a disk and without anybody beside it. Forwards are bare of the claims' names. */
export class Model {
  readonly deliveries = new Map<number, Known>();
  readonly backends = new Set<string>();
  /** Claims, running or once running, of the spool that is open: the delivery's id and the backend. */
  readonly own = new Set<string>();
  /** What was to be told since somebody looked. */
  readonly events: SpoolEvent[] = [];
  lastId = 0;

  get bytes(): number {
    return this.oldestFirst.reduce((sum, { delivery }) => sum + deliveryBytes(delivery), 0);
  }

  get oldestFirst(): StoredDelivery[] {
    return [...this.deliveries.values()]
      .map(({ stored }) => stored)
      .sort((a, b) => a.delivery.id - b.delivery.id);
  }

  get latestFirst(): StoredDelivery[] {
    return this.oldestFirst.reverse();
  }

  counts(): Map<string, ForwardCounts> {
    const kept = this.oldestFirst.flatMap(({ forwards }) => forwards.filter(isKept));
    const count = (backend: string, state: ForwardState) =>
      kept.filter((forward) => forward.backend === backend && forward.state === state).length;
    return new Map(
      kept.map(({ backend }) => [
        backend,
        {
          owed: count(backend, 'owed'),
          running: kept.filter((forward) => forward.backend === backend && isOwedAndRunning(forward)).length,
          dead: count(backend, 'dead'),
          rejected: count(backend, 'rejected'),
        },
      ]),
    );
  }

  with(is: (forward: Forward) => boolean): StoredDelivery[] {
    return this.oldestFirst.filter(({ forwards }) => forwards.some(is));
  }

  abandoned(): StoredDelivery[] {
    return this.oldestFirst.flatMap(({ delivery, forwards }) => {
      const left = forwards.filter(
        (forward) => isRunning(forward) && !this.isOwn(delivery.id, forward.backend),
      );
      return left.length === 0 ? [] : [{ delivery, forwards: left }];
    });
  }

  find(key: string): StoredDelivery[] {
    return this.latestFirst.filter(
      ({ delivery }) => identityKey(delivery.guid, delivery.payloadDigest) === key,
    );
  }

  isOwn(id: number, backend: string): boolean {
    return this.own.has(`${id} ${backend}`);
  }

  claimed(id: number, backend: string): void {
    this.own.add(`${id} ${backend}`);
  }

  owedAfresh(id: number, backend: string): void {
    this.events.push({ kind: 'owed', backend, id });
  }

  add(stored: StoredDelivery, payload: Buffer): void {
    const { id } = stored.delivery;
    this.deliveries.set(id, { stored, payload });
    this.lastId = id;
    for (const forward of stored.forwards) {
      if (isRunning(forward)) this.claimed(id, forward.backend);
      else if (forward.state === 'owed') this.owedAfresh(id, forward.backend);
    }
  }

  /** @param change gives the forward itself where it does not apply */
  change(
    id: number,
    backends: readonly string[],
    change: (forward: Forward) => Forward | undefined,
  ): Change | undefined {
    const known = this.deliveries.get(id);
    if (known === undefined) return undefined;
    const before = known.stored;
    const forwards = before.forwards.map((forward) =>
      backends.includes(forward.backend) ? change(forward) : forward,
    );
    if (forwards.every((forward, at) => forward === before.forwards[at])) return undefined;
    return this.replace(known, {
      ...before,
      forwards: forwards.filter((forward) => forward !== undefined),
    });
  }

  replace({ stored: before, payload }: Known, after: StoredDelivery): Change {
    const { id } = after.delivery;
    if (after.forwards.some(isKept)) {
      this.deliveries.set(id, { stored: after, payload });
    } else {
      this.deliveries.delete(id);
      if (after.forwards.length > 0) this.events.push({ kind: 'over', delivery: after });
    }
    return { before, after };
  }
}

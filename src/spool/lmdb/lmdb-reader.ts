import { isRunning } from '../../model/forward.js';
import { identityKey, MAX_GUID_LENGTH, payloadDigest } from '../../model/identity.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { digest, type SpoolDatabases } from './layout.js';
import { isKeptRejected } from './records.js';
import { type Untold } from '../untold.js';

type Order = 'oldest first' | 'latest first';

/** Looks things up in a spool, as far as they are told. */
export class LmdbReader {
  constructor(
    private readonly databases: SpoolDatabases,
    private readonly untold: Untold,
  ) {}

  get(id: number): StoredDelivery | undefined {
    return this.untold.has(id) ? this.untold.get(id) : this.databases.deliveries.get(id);
  }

  payload(id: number): Buffer | undefined {
    const stored = this.get(id);
    if (stored === undefined) return undefined;
    const payload = this.databases.payloads.get(id);
    // It has left, and that is not told yet.
    if (payload === undefined && this.untold.has(id)) return undefined;
    // Payloads are not read at start, so this is where damage to one shows.
    if (payload === undefined || payloadDigest(payload) !== stored.delivery.payloadDigest) {
      throw new SprayproxyError('payload-gone', `the payload of delivery ${id} is damaged`);
    }
    return payload;
  }

  owedTo(backend: string, limit: number, after: number): StoredDelivery[] {
    const range = { start: [digest(backend), after + 1], end: [digest(backend), Infinity] };
    return this.#take(
      this.databases.owed.getKeys(range).map(([, id]) => id),
      ({ delivery: { id }, forwards }) =>
        id > after && forwards.some((forward) => forward.backend === backend && forward.state === 'owed'),
      limit,
    );
  }

  rejected(limit: number): StoredDelivery[] {
    const { withRejected } = this.databases;
    return this.#take(withRejected.getKeys(), ({ forwards }) => forwards.some(isKeptRejected), limit);
  }

  /** Those with an attempt that is running. */
  running(): StoredDelivery[] {
    const running = ({ forwards }: StoredDelivery) => forwards.some(isRunning);
    return this.#take(this.databases.running.getKeys(), running).filter(running);
  }

  find(key: string): StoredDelivery[] {
    // The engine takes no key of any length.
    if (key.length > MAX_GUID_LENGTH) return [];
    const range = { start: [key, Infinity], end: [key, 0], reverse: true };
    return this.#take(
      this.databases.identities.getKeys(range).map(([, id]) => id),
      ({ delivery }) => identityKey(delivery.guid, delivery.payloadDigest) === key,
      Infinity,
      'latest first',
    );
  }

  list(before: number, limit: number): StoredDelivery[] {
    const ids = this.databases.deliveries.getKeys({ start: before - 1, end: 0, reverse: true });
    return this.#take(ids, ({ delivery: { id } }) => id < before, limit, 'latest first');
  }

  listAfter(after: number, limit: number): StoredDelivery[] {
    const ids = this.databases.deliveries.getKeys({ start: after + 1 });
    return this.#take(ids, ({ delivery: { id } }) => id > after, limit);
  }

  registeredBackends(): string[] {
    return [...this.databases.backends.getRange().map(({ value }) => value)];
  }

  /**
   * @param ids of an index, in order
   * @param belongs whether the index has, or is to have, the id of such a delivery
   */
  #take(
    ids: Iterable<number>,
    belongs: (stored: StoredDelivery) => boolean,
    limit = Infinity,
    order: Order = 'oldest first',
  ): StoredDelivery[] {
    const untold = this.untold.list().filter(belongs);
    const told: StoredDelivery[] = [];
    if (limit > 0) {
      for (const id of ids) {
        const stored = this.untold.has(id) ? undefined : this.databases.deliveries.get(id);
        if (stored !== undefined && told.push(stored) >= limit) break;
      }
    }
    if (untold.length === 0) return told;
    const sign = order === 'oldest first' ? 1 : -1;
    return [...untold, ...told].sort((a, b) => sign * (a.delivery.id - b.delivery.id)).slice(0, limit);
  }
}

import { type Kysely, type SelectQueryBuilder } from 'kysely';

import { isKept, isRunning } from '../../model/forward.js';
import { identityKey, payloadDigest } from '../../model/identity.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Untold } from '../untold.js';
import { type Database } from './database.js';
import { readSlices } from './payload-slices.js';
import { toPgText } from './pg-text.js';
import { STORED_COLUMNS, storedFrom, type StoredRow } from './rows.js';
import { type Tables } from './tables.js';

type Query = SelectQueryBuilder<Tables, 'sprayproxy_delivery', StoredRow>;

interface Look {
  readonly of: (kept: Query) => Query;
  /** Whether a delivery is among those that are looked for. */
  readonly belongs: (stored: StoredDelivery) => boolean;
  readonly limit?: number;
  readonly order?: 'asc' | 'desc';
}

/** Looks up what is kept, as far as it is told. */
export class DeliveryReader {
  constructor(
    private readonly database: Database,
    private readonly untold: Untold,
  ) {}

  get(id: number): Promise<StoredDelivery | undefined> {
    return this.untold.during(async (seen) => {
      const row = await this.database.read((db) => kept(db).where('id', '=', id).executeTakeFirst());
      return seen.has(id) ? seen.get(id) : row && storedFrom(row);
    });
  }

  async payload(id: number): Promise<Buffer | undefined> {
    const stored = await this.get(id);
    if (stored === undefined) return undefined;
    const { payloadBytes, payloadDigest: digest } = stored.delivery;
    const payload = Buffer.alloc(payloadBytes);
    const isThere = await this.database.read((db) => readSlices(db, id, payload));
    if (isThere && payloadDigest(payload) === digest) return payload;
    const hasLeft = await this.database.read((db) => kept(db).where('id', '=', id).executeTakeFirst());
    if (hasLeft === undefined) return undefined;
    throw new SprayproxyError('payload-gone', `the payload of delivery ${id} is damaged`);
  }

  owedTo(backend: string, limit: number, after: number): Promise<StoredDelivery[]> {
    return this.#take({
      of: (query) =>
        query
          .innerJoin('sprayproxy_forward as forward', 'forward.delivery_id', 'sprayproxy_delivery.id')
          .where('forward.backend', '=', backend)
          .where('forward.state', '=', 'owed')
          .where('forward.delivery_id', '>', after),
      belongs: ({ delivery: { id }, forwards }) =>
        id > after && forwards.some((forward) => forward.backend === backend && forward.state === 'owed'),
      limit,
    });
  }

  rejected(limit: number): Promise<StoredDelivery[]> {
    return this.#take({
      of: (query) =>
        query.where('id', 'in', (sub) =>
          sub.selectFrom('sprayproxy_forward').select('delivery_id').where('state', '=', 'rejected'),
        ),
      belongs: ({ forwards }) => forwards.some((forward) => forward.state === 'rejected' && isKept(forward)),
      limit,
    });
  }

  running(): Promise<StoredDelivery[]> {
    return this.#take({
      of: (query) => query.where('running', '=', true),
      belongs: ({ forwards }) => forwards.some(isRunning),
    });
  }

  find(key: string): Promise<StoredDelivery[]> {
    return this.#take({
      of: (query) => query.where('identity_key', '=', toPgText(key)),
      belongs: ({ delivery }) => identityKey(delivery.guid, delivery.payloadDigest) === key,
      order: 'desc',
    });
  }

  list(before: number, limit: number): Promise<StoredDelivery[]> {
    return this.#take({
      of: (query) => query.where('id', '<', Math.min(before, Number.MAX_SAFE_INTEGER)),
      belongs: ({ delivery: { id } }) => id < before,
      limit,
      order: 'desc',
    });
  }

  #take({ of, belongs, limit = Infinity, order = 'asc' }: Look): Promise<StoredDelivery[]> {
    if (limit === 0) return Promise.resolve([]);
    return this.untold.during(async (seen) => {
      for (let asked = limit + seen.size; ; asked *= 2) {
        const rows = await this.database.read((db) => {
          const query = of(kept(db)).orderBy('id', order);
          return (asked === Infinity ? query : query.limit(asked)).execute();
        });
        const told = rows.filter(({ id }) => !seen.has(id)).map(storedFrom);
        if (told.length < limit && rows.length >= asked) continue;
        const untold = [...seen.values()].filter((stored) => stored !== undefined && belongs(stored));
        const sign = order === 'asc' ? 1 : -1;
        return [...told, ...(untold as StoredDelivery[])]
          .sort((a, b) => sign * (a.delivery.id - b.delivery.id))
          .slice(0, limit);
      }
    });
  }
}

const kept = (db: Kysely<Tables>): Query =>
  db.selectFrom('sprayproxy_delivery').select(STORED_COLUMNS).where('kept', '=', true);

import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';

import { type DeliveryFilter, matches } from '../../model/delivery-filter.js';
import { isKept, isRunning } from '../../model/forward.js';
import { identityKey, payloadDigest } from '../../model/identity.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Untold } from '../untold.js';
import { type Database } from './database.js';
import { type LastKnown } from './last-known.js';
import { Memory } from './memory.js';
import { readSlice, SLICE_BYTES } from './payload-slices.js';
import { toPgText } from './pg-text.js';
import { STORED_COLUMNS, storedFrom, type StoredRow } from './rows.js';
import { type Tables } from './tables.js';

type Row = StoredRow & { readonly version: number };
type Query = SelectQueryBuilder<Tables, 'sprayproxy_delivery', Row>;

interface Look {
  /** Those in the database, in order. */
  readonly read: (db: Kysely<Tables>, limit: number) => Promise<StoredDelivery[]>;
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
    private readonly lastKnown: LastKnown,
  ) {}

  get(id: number): Promise<StoredDelivery | undefined> {
    return this.untold.during(async (seen) => {
      const row = await this.database.read((db) => kept(db).where('id', '=', id).executeTakeFirst());
      return seen.has(id) ? seen.get(id) : row && storedFrom(row);
    });
  }

  async payload(id: number): Promise<Buffer | undefined> {
    // What is asked of it never changes.
    const stored = this.lastKnown.get(id)?.stored ?? (await this.get(id));
    if (stored === undefined) return undefined;
    const { payloadBytes, payloadDigest: digest } = stored.delivery;
    const payload = Buffer.alloc(payloadBytes);
    const isThere = await this.#fill(id, payload);
    if (isThere && payloadDigest(payload) === digest) return payload;
    const row = await this.database.read((db) => kept(db).where('id', '=', id).executeTakeFirst());
    if (row === undefined) return undefined;
    throw new SprayproxyError('payload-gone', `the payload of delivery ${id} is damaged`);
  }

  owedTo(backend: string, limit: number, after: number): Promise<StoredDelivery[]> {
    return this.#take({
      read: (db, asked) =>
        first(
          kept(db).where('id', 'in', (sub) =>
            // With a limit of its own, lest all that is kept for others be gone through for the few that are owed to this one.
            sub
              .selectFrom('sprayproxy_forward')
              .select('delivery_id')
              .where('backend', '=', backend)
              .where('state', '=', 'owed')
              .where('delivery_id', '>', after)
              .orderBy('delivery_id')
              .limit(asked),
          ),
          asked,
          'asc',
          this.#learn,
        ),
      belongs: ({ delivery: { id }, forwards }) =>
        id > after && forwards.some((forward) => forward.backend === backend && forward.state === 'owed'),
      limit,
    });
  }

  rejected(limit: number): Promise<StoredDelivery[]> {
    return this.#take({
      read: (db, asked) =>
        first(
          kept(db).where('id', 'in', (sub) =>
            sub.selectFrom('sprayproxy_forward').select('delivery_id').where('state', '=', 'rejected'),
          ),
          asked,
        ),
      belongs: ({ forwards }) => forwards.some((forward) => forward.state === 'rejected' && isKept(forward)),
      limit,
    });
  }

  running(): Promise<StoredDelivery[]> {
    return this.#take({
      read: (db, asked) =>
        first(
          kept(db).where('id', 'in', (sub) =>
            sub.selectFrom('sprayproxy_forward').select('delivery_id').where('running', '=', true),
          ),
          asked,
        ),
      belongs: ({ forwards }) => forwards.some(isRunning),
    });
  }

  find(key: string): Promise<StoredDelivery[]> {
    return this.#take({
      read: (db, asked) => first(kept(db).where('identity_key', '=', toPgText(key)), asked, 'desc'),
      belongs: ({ delivery }) => identityKey(delivery.guid, delivery.payloadDigest) === key,
      order: 'desc',
    });
  }

  list(before: number, limit: number, filter: DeliveryFilter): Promise<StoredDelivery[]> {
    return this.#take({
      read: (db, asked) => new Memory(db).listKept({ before }, asked, filter),
      belongs: (stored) => stored.delivery.id < before && matches(stored, filter),
      limit,
      order: 'desc',
    });
  }

  listAfter(after: number, limit: number, filter: DeliveryFilter): Promise<StoredDelivery[]> {
    return this.#take({
      read: (db, asked) => new Memory(db).listKept({ after }, asked, filter),
      belongs: (stored) => stored.delivery.id > after && matches(stored, filter),
      limit,
    });
  }

  getEach(ids: readonly number[]): Promise<StoredDelivery[]> {
    const wanted = new Set(ids);
    return this.#take({
      read: (db, asked) => first(kept(db).where('id', '=', sql<number>`ANY(${ids}::bigint[])`), asked),
      belongs: ({ delivery: { id } }) => wanted.has(id),
    });
  }

  readonly #learn = (row: Row): StoredDelivery => {
    const stored = storedFrom(row);
    this.lastKnown.set(row.id, { stored, version: row.version });
    return stored;
  };

  /** Each slice has its own time. @returns whether all of it was there */
  async #fill(id: number, payload: Buffer): Promise<boolean> {
    for (let slice = 0; slice * SLICE_BYTES < payload.length; slice += 1) {
      const isThere = await this.database.read((db) => readSlice(db, id, slice, payload));
      if (!isThere) return false;
    }
    return true;
  }

  #take({ read, belongs, limit = Infinity, order = 'asc' }: Look): Promise<StoredDelivery[]> {
    if (limit <= 0) return Promise.resolve([]);
    return this.untold.during(async (seen) => {
      for (let asked = limit + seen.size; ; asked *= 2) {
        const found = await this.database.read((db) => read(db, asked));
        const told = found.filter(({ delivery }) => !seen.has(delivery.id));
        if (told.length < limit && found.length >= asked) continue;
        const untold = [...seen.values()].filter((stored) => stored !== undefined && belongs(stored));
        const sign = order === 'asc' ? 1 : -1;
        return [...told, ...(untold as StoredDelivery[])]
          .sort((a, b) => sign * (a.delivery.id - b.delivery.id))
          .slice(0, limit);
      }
    });
  }
}

/** The first of them, in order. */
async function first(
  query: Query,
  limit: number,
  order: 'asc' | 'desc' = 'asc',
  take: (row: Row) => StoredDelivery = storedFrom,
): Promise<StoredDelivery[]> {
  const ordered = query.orderBy('id', order);
  const rows = await (limit === Infinity ? ordered : ordered.limit(limit)).execute();
  return rows.map(take);
}

const kept = (db: Kysely<Tables>): Query =>
  db
    .selectFrom('sprayproxy_delivery')
    .select([...STORED_COLUMNS, 'version'])
    .where('kept', '=', true);

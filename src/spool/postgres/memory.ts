import { type Kysely, sql } from 'kysely';

import { type DeliveryFilter } from '../../model/delivery-filter.js';
import { Identity } from '../../model/identity.js';
import { type Recent } from '../../model/recent.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { listFiltered, type ListFrom } from './filtered.js';
import { toPgText } from './pg-text.js';
import { putRecents, recentRows } from './recent-rows.js';
import { STORED_COLUMNS, storedFrom } from './rows.js';
import { type Tables } from './tables.js';

/** Remembered in one statement. */
const BATCH = 500;

/** What is remembered of deliveries that are over, or that nothing keeps. */
export class Memory {
  constructor(private readonly db: Kysely<Tables>) {}

  async remember(recents: readonly Recent[]): Promise<void> {
    const rows = recentRows(recents);
    for (let at = 0; at < rows.length; at += BATCH) await putRecents(this.db, rows.slice(at, at + BATCH));
  }

  async forget(ids: readonly number[]): Promise<void> {
    await sql`DELETE FROM sprayproxy_delivery WHERE id = ANY (${ids}::bigint[]) AND NOT kept`.execute(
      this.db,
    );
  }

  async recall(identityKey: string): Promise<Recent[]> {
    const rows = await this.db
      .selectFrom('sprayproxy_delivery')
      .select([...STORED_COLUMNS, 'awaited', 'bare'])
      .where('identity_key', '=', toPgText(identityKey))
      .where(sql<boolean>`NOT kept AND (missed OR awaited)`)
      .orderBy('id', 'desc')
      .execute();
    return rows.map(({ awaited, bare, ...row }) => {
      const stored = storedFrom(row);
      const { id } = stored.delivery;
      return { id, identity: Identity.ofRecord(stored.delivery), awaited, ...(!bare && { stored }) };
    });
  }

  async past(id: number): Promise<StoredDelivery | undefined> {
    const row = await this.db
      .selectFrom('sprayproxy_delivery')
      .select(STORED_COLUMNS)
      .where('id', '=', id)
      .where(sql<boolean>`NOT kept AND NOT bare`)
      .executeTakeFirst();
    return row && storedFrom(row);
  }

  listPast(before: number, limit: number, filter: DeliveryFilter = {}): Promise<StoredDelivery[]> {
    return listFiltered(this.db, 'past', { before }, limit, filter);
  }

  /** Those that are kept. */
  listKept(from: ListFrom, limit: number, filter: DeliveryFilter = {}): Promise<StoredDelivery[]> {
    return listFiltered(this.db, 'kept', from, limit, filter);
  }

  /** Remembers the oldest no longer. @returns how many it were; `limit`: there may be more */
  async trim(olderThanId: number, limit: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM sprayproxy_delivery WHERE id IN (
        SELECT id FROM sprayproxy_delivery WHERE id < ${olderThanId} AND NOT kept
        ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`.execute(this.db);
    return Number(numAffectedRows);
  }
}

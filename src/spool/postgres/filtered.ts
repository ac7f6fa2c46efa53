import { type Kysely, type RawBuilder, sql } from 'kysely';

import { type DeliveryFilter, matches } from '../../model/delivery-filter.js';
import { MAX_GUID_LENGTH } from '../../model/identity.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { marksFor } from './marks.js';
import { toPgText } from './pg-text.js';
import { STORED_COLUMNS, storedFrom } from './rows.js';
import { type Tables } from './tables.js';

/** What a list is of. */
export type ListOf = 'kept' | 'past';

/** Deliveries with an id below `before` to which a filter applies, latest first. */
export async function listFiltered(
  db: Kysely<Tables>,
  of: ListOf,
  before: number,
  limit: number,
  filter: DeliveryFilter,
): Promise<StoredDelivery[]> {
  const found: StoredDelivery[] = [];
  const conditions = conditionsOf(of, filter);
  for (let below = Math.min(before, Number.MAX_SAFE_INTEGER); found.length < limit;) {
    const missing = limit - found.length;
    const rows = await db
      .selectFrom('sprayproxy_delivery')
      .select(STORED_COLUMNS)
      .where(sql<boolean>`${sql.join([sql`id < ${below}`, ...conditions], sql` AND `)}`)
      .orderBy('id', 'desc')
      .limit(missing)
      .execute();
    // Hashes collide.
    found.push(...rows.map(storedFrom).filter((stored) => matches(stored, filter)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < missing) break;
    below = last.id;
  }
  return found;
}

/** As the indexes have them: they know a partial one by its very words. */
function conditionsOf(of: ListOf, filter: DeliveryFilter): RawBuilder<unknown>[] {
  const { guid, event, repository, since } = filter;
  const marks = marksFor(filter);
  return [
    of === 'kept' ? sql`kept` : sql`NOT kept AND NOT bare`,
    ...(marks.length > 0 ? [sql`marks @> ${marks}::integer[]`] : []),
    ...(guid === undefined ? [] : [hasGuid(toPgText(guid))]),
    ...(event === undefined ? [] : [sql`left(event, 200) = left(${toPgText(event)}, 200)`]),
    ...(repository === undefined ? [] : [sql`repository_key = ${toPgText(repository.slice(0, 200))}`]),
    // No id is below the µs of its reception.
    ...(since === undefined ? [] : [sql`id >= ${since * 1000}`]),
  ];
}

const hasGuid = (guid: string): RawBuilder<unknown> =>
  guid.length <= MAX_GUID_LENGTH
    ? sql`identity_key = ${guid}`
    : sql`length(guid) > ${sql.lit(MAX_GUID_LENGTH)} AND left(guid, 200) = left(${guid}, 200)`;

import { type Kysely, type RawBuilder, sql } from 'kysely';

import { type DeliveryFilter, matches } from '../../model/delivery-filter.js';
import { MAX_GUID_LENGTH } from '../../model/identity.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { marksFor } from './marks.js';
import { toPgText } from './pg-text.js';
import { STORED_COLUMNS, storedFrom, type StoredRow } from './rows.js';
import { type Tables } from './tables.js';

/** What a list is of. */
export type ListOf = 'kept' | 'past';

/** Where a list begins, and which way it goes. */
export type ListFrom = { readonly before: number } | { readonly after: number };

/** So many of the first tell whether a mark is common. */
const SAMPLE = 2000;
/** In the sample, of those that are: reading one delivery after the other then finds a page soon. */
const COMMON = 8;

/** Deliveries to which a filter applies, with an id below `before`, latest first, or above `after`, oldest first. */
export async function listFiltered(
  db: Kysely<Tables>,
  of: ListOf,
  begin: ListFrom,
  limit: number,
  filter: DeliveryFilter,
): Promise<StoredDelivery[]> {
  const found: StoredDelivery[] = [];
  for (let from = begin; found.length < limit;) {
    const missing = limit - found.length;
    const conditions = all([isBeyond(from), isOf(of), ...conditionsOf(filter)]);
    const { rows } = await sql<StoredRow>`
      ${await sourceFor(db, of, from, filter)} WHERE ${conditions} ${inOrder(from)} LIMIT ${missing}`.execute(
      db,
    );
    // Hashes collide.
    found.push(...rows.map(storedFrom).filter((stored) => matches(stored, filter)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < missing) break;
    from = 'before' in from ? { before: last.id } : { after: last.id };
  }
  return found;
}

/**
 * Where to look. The planner takes every mark that is not in most deliveries for one that is in half a percent of them, and
 * would read all deliveries for one that is in none: those that are rare are all looked up first.
 */
async function sourceFor(db: Kysely<Tables>, of: ListOf, from: ListFrom, filter: DeliveryFilter) {
  const columns = sql.join(STORED_COLUMNS.map((name) => sql.ref(name)));
  const marks = marksFor(filter);
  const isNarrow = filter.guid !== undefined || filter.repository !== undefined;
  if (marks.length === 0 || isNarrow || (await isCommon(db, of, from, marks))) {
    return sql`SELECT ${columns} FROM sprayproxy_delivery`;
  }
  return sql`
    WITH marked AS MATERIALIZED (
      SELECT * FROM sprayproxy_delivery WHERE ${all([hasMarks(marks), isOf(of), isBeyond(from)])}
    )
    SELECT ${columns} FROM marked`;
}

async function isCommon(db: Kysely<Tables>, of: ListOf, from: ListFrom, marks: number[]): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM (
      SELECT marks FROM sprayproxy_delivery WHERE ${isBeyond(from)} AND ${isOf(of)} ${inOrder(from)} LIMIT ${SAMPLE}
    ) AS first WHERE ${hasMarks(marks)}`.execute(db);
  return (rows[0]?.count ?? 0) >= COMMON;
}

const isBeyond = (from: ListFrom) =>
  'before' in from
    ? sql`id < ${Math.min(from.before, Number.MAX_SAFE_INTEGER)}`
    : sql`id > ${Math.max(from.after, 0)}`;
const inOrder = (from: ListFrom) => ('before' in from ? sql`ORDER BY id DESC` : sql`ORDER BY id`);
const all = (conditions: RawBuilder<unknown>[]) => sql.join(conditions, sql` AND `);

/** As the indexes have it: they know a condition by its very words. */
const isOf = (of: ListOf) => (of === 'kept' ? sql`kept` : sql`NOT kept AND NOT bare`);
const hasMarks = (marks: number[]) => sql`marks @> ${marks}::integer[]`;

function conditionsOf(filter: DeliveryFilter): RawBuilder<unknown>[] {
  const { guid, event, repository, since } = filter;
  const marks = marksFor(filter);
  return [
    ...(marks.length > 0 ? [hasMarks(marks)] : []),
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

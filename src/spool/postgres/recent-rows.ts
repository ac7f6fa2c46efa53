import { type Kysely, sql } from 'kysely';

import { isKept } from '../../model/forward.js';
import { type Recent } from '../../model/recent.js';
import { columnsOf } from './rows.js';
import { type Tables } from './tables.js';

type RecentRow = ReturnType<typeof columnsOf>;

/** As they are written, and as what a statement reads them from JSON. */
const TYPES: Readonly<Record<keyof RecentRow, string>> = {
  id: 'bigint',
  identity_key: 'text',
  guid: 'text',
  event: 'text',
  repository: 'text',
  repository_key: 'text',
  request_id: 'text',
  received_at: 'bigint',
  query: 'text',
  raw_headers: 'text',
  payload_bytes: 'integer',
  payload_digest: 'text',
  forwards: 'text',
  kept: 'boolean',
  missed: 'boolean',
  awaited: 'boolean',
  bare: 'boolean',
  marks: 'integer[]',
};

const NAMES = Object.keys(TYPES);

/** Text within JSON: what is escaped there, such as NUL, which the database takes for no character, stays so. */
const OWN_JSON: readonly string[] = ['raw_headers', 'forwards'];

/** What is remembered; of several with one id what was known last. */
export function recentRows(recents: readonly Recent[]): RecentRow[] {
  const byId = new Map<number, Recent>();
  for (const recent of recents) byId.set(recent.id, { ...byId.get(recent.id), ...recent });
  // In the same order as others do, so that no two wait for each other.
  return [...byId.values()].sort((a, b) => a.id - b.id).map(rowOf);
}

function rowOf({ id, identity: { key, digest }, stored, awaited }: Recent): RecentRow {
  const bare = stored === undefined;
  const delivery = stored?.delivery ?? {
    id,
    ...(key !== digest && { guid: key }),
    receivedAt: Math.floor(id / 1000),
    query: '',
    rawHeaders: [],
    payloadBytes: 0,
    payloadDigest: digest,
  };
  const forwards = stored?.forwards ?? [];
  return {
    ...columnsOf({ delivery, forwards }),
    kept: false,
    missed: forwards.some(isKept),
    awaited,
    bare,
  };
}

/**
 * Where there is one that is kept, or more is known than now, nothing changes but whether it is awaited. One that nobody
 * misses any more stays so: whoever says otherwise has not heard of what another process has sent since.
 */
export async function putRecents(db: Kysely<Tables>, rows: readonly RecentRow[]): Promise<void> {
  const names = sql.join(NAMES.map((name) => sql.ref(name)));
  const values = NAMES.map((name) => (OWN_JSON.includes(name) ? sql`${sql.ref(name)}::json` : sql.ref(name)));
  const types = Object.entries(TYPES).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`);
  const changes = NAMES.filter((name) => name !== 'id' && name !== 'awaited').map((name) => {
    const column = sql.ref(name);
    return sql`${column} = CASE WHEN known.kept OR excluded.bare THEN known.${column} ELSE excluded.${column} END`;
  });
  await sql`
    INSERT INTO sprayproxy_delivery AS known (${names})
    SELECT ${sql.join(values)} FROM json_to_recordset(${JSON.stringify(rows)}::json) AS recent (${sql.join(types)})
    ON CONFLICT (id) DO UPDATE SET awaited = excluded.awaited, ${sql.join(changes)}
    WHERE (known.awaited <> excluded.awaited OR NOT (known.kept OR excluded.bare))
      AND (known.kept OR known.missed OR known.bare OR NOT excluded.missed)`.execute(db);
}

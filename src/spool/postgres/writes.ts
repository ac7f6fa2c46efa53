import { type Kysely, sql } from 'kysely';

import { type Forward, isKept, isRunning } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { changingColumnsOf, columnsOf } from './rows.js';
import { type Tables } from './tables.js';

export interface NewRow {
  readonly stored: StoredDelivery;
  readonly awaited: boolean;
  /** Of the row; it is known again by that. */
  readonly version: number;
  readonly firstSlice: Buffer;
}

/** Changes by which a row may have changed since, and still be known as the one that was stored with `version`. */
const MAX_CHANGES = 65_536;

/** For a row that is stored. */
export const MAX_FIRST_VERSION = 2 ** 31 - MAX_CHANGES;

/** @returns `false`: there is a row with this id that is kept, or was stored by this call before; nothing was changed */
export async function insertDelivery(db: Kysely<Tables>, row: NewRow): Promise<boolean> {
  const { stored, awaited, version, firstSlice } = row;
  const columns = { ...columnsOf(stored), awaited, version };
  const names = Object.keys(columns).map((name) => sql.ref(name));
  const { rows } = await sql<{ made: number }>`
    WITH made AS (
      INSERT INTO sprayproxy_delivery AS earlier (${sql.join(names)})
      VALUES (${sql.join(Object.values(columns))})
      ON CONFLICT (id) DO UPDATE SET ${sql.join(names.map((name) => sql`${name} = excluded.${name}`))}
      WHERE NOT earlier.kept AND NOT ${isFrom(sql.ref('earlier.version'), version)}
      RETURNING id
    ), ${puttingForwards(keptOf(stored.forwards))}, payload AS (
      INSERT INTO sprayproxy_payload (delivery_id, slice, bytes) SELECT id, 0, ${firstSlice} FROM made
    )
    ${MADE}`.execute(db);
  return rows[0]?.made === 1;
}

/** Whether a row is the one that was stored with `version`, whatever has become of it since. */
export async function wasStored(db: Kysely<Tables>, id: number, version: number): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM sprayproxy_delivery WHERE id = ${id} AND ${isFrom(sql.ref('version'), version)}`.execute(db);
  return rows.length > 0;
}

const isFrom = (version: ReturnType<typeof sql.ref>, first: number) =>
  sql`(${version} BETWEEN ${first}::integer AND ${first + MAX_CHANGES - 1}::integer)`;

interface RowChange {
  readonly before: StoredDelivery;
  readonly after: StoredDelivery;
  /** Of the row that was read. */
  readonly version: number;
}

/** @returns `false`: the row is another by now; nothing was changed */
export async function changeDelivery(db: Kysely<Tables>, change: RowChange): Promise<boolean> {
  const { before, after, version } = change;
  const isRead = sql`id = ${before.delivery.id} AND version = ${version} AND kept`;
  const { rows } = await (
    after.forwards.length === 0
      ? sql<{ made: number }>`
        WITH made AS (DELETE FROM sprayproxy_delivery WHERE ${isRead} RETURNING id), last AS (
          UPDATE sprayproxy_schema SET last_id = made.id FROM made WHERE last_id < made.id
        )
        ${MADE}`
      : sql<{ made: number }>`
        WITH made AS (
          UPDATE sprayproxy_delivery SET ${settingOf(after)}, version = version + 1
          WHERE ${isRead} RETURNING id
        )${changingForwards(before, after)}
        ${MADE}`
  ).execute(db);
  return rows[0]?.made === 1;
}

const settingOf = (after: StoredDelivery) =>
  sql.join(Object.entries(changingColumnsOf(after)).map(([name, value]) => sql`${sql.ref(name)} = ${value}`));

function changingForwards(before: StoredDelivery, after: StoredDelivery) {
  const [were, are] = [keptOf(before.forwards), keptOf(after.forwards)];
  const gone = were.filter(({ backend }) => !are.some((forward) => forward.backend === backend));
  const others = are.filter(
    (forward) =>
      !were.some(
        (was) =>
          was.backend === forward.backend &&
          was.state === forward.state &&
          isRunning(was) === isRunning(forward),
      ),
  );
  return sql.join(
    [
      ...(gone.length === 0
        ? []
        : [
            sql`, gone AS (
              DELETE FROM sprayproxy_forward USING made
              WHERE delivery_id = made.id AND backend = ANY (${gone.map(({ backend }) => backend)}::text[])
            )`,
          ]),
      ...(others.length === 0 ? [] : [sql`, ${puttingForwards(others)}`]),
      ...(are.length === 0
        ? [sql`, payload AS (DELETE FROM sprayproxy_payload USING made WHERE delivery_id = made.id)`]
        : []),
    ],
    sql``,
  );
}

const puttingForwards = (forwards: readonly Forward[]) => sql`
  forwards AS (
    INSERT INTO sprayproxy_forward (delivery_id, backend, state, running)
    SELECT made.id, forward.backend, forward.state, forward.running FROM made, unnest(
      ${forwards.map(({ backend }) => backend)}::text[], ${forwards.map(({ state }) => state)}::text[],
      ${forwards.map(isRunning)}::boolean[]
    ) AS forward (backend, state, running)
    ON CONFLICT (delivery_id, backend) DO UPDATE SET state = excluded.state, running = excluded.running
  )`;

const MADE = sql`SELECT count(*)::integer AS made FROM made`;

const keptOf = (forwards: readonly Forward[]): readonly Forward[] => forwards.filter(isKept);

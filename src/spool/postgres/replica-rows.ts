import { type Kysely, sql } from 'kysely';

import { SLOTS } from './migrations.js';
import { type Tables } from './tables.js';

/** A process that uses the store, as others know it. */
export interface Replica {
  readonly holder: string;
  /** It leaves it to others to drain. */
  readonly retired: boolean;
  /** Keys of the backends that it sends to. */
  readonly backends: readonly string[];
}

export interface ReplicaRow extends Replica {
  readonly slot: number;
  /** Since its heartbeat, by the database's clock. */
  readonly age_ms: number;
}

type Db = Kysely<Tables>;

/** All of them, as they were before. @param write goes first */
export async function readReplicas(db: Db, write = sql``): Promise<readonly ReplicaRow[]> {
  const { rows } = await sql<ReplicaRow>`
    ${write}
    SELECT holder, slot, retired, backends,
      (extract(epoch FROM clock_timestamp() - heartbeat_at) * 1000)::float8 AS age_ms
    FROM sprayproxy_replica`.execute(db);
  return rows;
}

/** A heartbeat, if there is such a row. @param sweeps whether those that have been gone for an hour go as well */
export const heartbeat = ({ holder, retired, backends }: Replica, sweeps: boolean) => sql`
  WITH own AS (
    UPDATE sprayproxy_replica
    SET heartbeat_at = clock_timestamp(), retired = ${retired}, backends = ${backends}
    WHERE holder = ${holder}
  ), swept AS (
    -- Two who do so at once do not wait for each other.
    DELETE FROM sprayproxy_replica WHERE holder IN (
      SELECT holder FROM sprayproxy_replica
      WHERE ${sweeps} AND holder <> ${holder} AND heartbeat_at < clock_timestamp() - interval '1 hour'
      FOR UPDATE SKIP LOCKED
    )
  )`;

/** The smallest that is free. @returns `undefined`: none is, or somebody was quicker */
export async function takeSlot(db: Db, { holder, retired, backends }: Replica): Promise<number | undefined> {
  const { rows } = await sql<{ slot: number }>`
    INSERT INTO sprayproxy_replica (holder, slot, retired, backends)
    SELECT ${holder}::text, min(free), ${retired}::boolean, ${backends}::text[]
    FROM generate_series(0, ${SLOTS - 1}::integer) free
    WHERE free NOT IN (SELECT slot FROM sprayproxy_replica)
    HAVING min(free) IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING slot`.execute(db);
  return rows[0]?.slot;
}

/** Frees the slot of the one that has been gone for longest. @returns `false`: all are there */
export async function freeSlot(db: Db): Promise<boolean> {
  const { rows } = await sql`
    DELETE FROM sprayproxy_replica WHERE holder = (
      SELECT holder FROM sprayproxy_replica
      WHERE heartbeat_at < clock_timestamp() - interval '1 minute'
      ORDER BY heartbeat_at LIMIT 1
    )
    RETURNING holder`.execute(db);
  return rows.length > 0;
}

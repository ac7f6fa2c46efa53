import { Kysely, PostgresDialect } from 'kysely';
import { Pool, TypeOverrides, types } from 'pg';

import { MIGRATIONS } from '../../../src/spool/postgres/migrations.js';
import { type Tables } from '../../../src/spool/postgres/tables.js';
import { onCleanup } from '../cleanup.js';
import { type PostgresServer } from './postgres-server.js';

/** As the engine has them: ids are numbers. */
const TYPES = new TypeOverrides();
TYPES.setTypeParser(types.builtins.INT8, Number);

/** An empty database with the tables of the spool. It ends with the test, or whatever else `onCleanup` belongs to. */
export async function migratedDatabase(
  postgres: PostgresServer,
): Promise<{ readonly url: string; readonly db: Kysely<Tables> }> {
  const url = await postgres.freshDatabase();
  const pool = new Pool({ connectionString: url, types: TYPES });
  // A server that is killed ends those that are idle.
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  onCleanup(() => db.destroy());
  for (const migration of Object.values(MIGRATIONS)) await migration.up(db);
  return { url, db };
}

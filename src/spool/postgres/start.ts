import { type Kysely, Migrator, sql } from 'kysely';

import { SpoolUnusableError } from '../spool-unusable-error.js';
import { reasonOf, sqlStateOf } from './database-error.js';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.js';
import { type Tables } from './tables.js';

interface Options {
  readonly db: Kysely<Tables>;
  /** For whoever reads of it. */
  readonly place: string;
  readonly allowAsyncCommit: boolean;
}

const TABLES = ['schema', 'delivery', 'forward', 'payload', 'replica', 'backend', 'note'].map(
  (name) => `sprayproxy_${name}`,
);

/**
 * Looks whether a database can be used, and brings its schema up to date.
 * @throws SpoolUnusableError if somebody has to change something; any other Error: it may be tried again.
 */
export async function prepareDatabase(options: Options): Promise<void> {
  try {
    await checkSettings(options);
    await checkSchema(options);
    await migrate(options.db);
    await checkPrivileges(options);
  } catch (error) {
    throw unusable(options.place, error) ?? error;
  }
}

/**
 * Looks at it as a start would, and changes nothing.
 * @returns whether its tables are there; else a start would make them
 * @throws as `prepareDatabase`
 */
export async function examineDatabase(options: Options): Promise<boolean> {
  try {
    await checkSettings(options);
    await checkSchema(options);
    const hasTables = await exists(options.db, 'sprayproxy_schema');
    await (hasTables ? checkPrivileges(options) : checkMayCreate(options));
    return hasTables;
  } catch (error) {
    throw unusable(options.place, error) ?? error;
  }
}

interface Settings {
  readonly encoding: string;
  readonly commit: string;
  readonly fsync: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
}

async function checkSettings({ db, place, allowAsyncCommit }: Options): Promise<void> {
  const { rows } = await sql<Settings>`
    SELECT current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS commit,
      current_setting('fsync') AS fsync, pg_is_in_recovery() AS is_standby,
      current_setting('transaction_read_only')::boolean AS is_read_only`.execute(db);
  const [settings] = rows;
  if (settings === undefined) return;
  if (settings.is_standby) throw new Error('it is a standby, or recovers');
  if (settings.is_read_only) throw new Error('it is read-only');
  if (settings.encoding !== 'UTF8') {
    const advice = 'create one with ENCODING UTF8';
    throw fault(place, `has the encoding ${settings.encoding}`, advice);
  }
  const off =
    settings.commit === 'off' ? 'synchronous_commit' : settings.fsync === 'off' ? 'fsync' : undefined;
  if (off === undefined || allowAsyncCommit) return;
  throw fault(
    place,
    `has ${off} set to off, so that what it has acknowledged can be lost`,
    'set it to on for this role or database, or allow it by SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT',
  );
}

async function checkSchema({ db, place }: Options): Promise<void> {
  if (!(await exists(db, 'sprayproxy_schema'))) return;
  const { oldest_reader: oldest } = await db
    .selectFrom('sprayproxy_schema')
    .select('oldest_reader')
    .executeTakeFirstOrThrow();
  if (oldest <= SCHEMA_VERSION) return;
  throw fault(
    place,
    `has a schema for programs of version ${oldest} or later, and this one knows version ${SCHEMA_VERSION}`,
    'use the release that has written it, or a later one',
  );
}

/** A schema that is ahead is left alone: those that are behind can use it, or `checkSchema` has said that they cannot. */
async function migrate(db: Kysely<Tables>): Promise<void> {
  const names = Object.keys(MIGRATIONS);
  if (await exists(db, 'sprayproxy_migration')) {
    const { rows } = await sql<{ name: string }>`SELECT name FROM sprayproxy_migration`.execute(db);
    const made = rows.map(({ name }) => name);
    if (names.every((name) => made.includes(name))) return;
  }
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    migrationTableName: 'sprayproxy_migration',
    migrationLockTableName: 'sprayproxy_migration_lock',
  }).migrateToLatest();
  if (error !== undefined) throw error as Error;
}

async function checkPrivileges({ db, place }: Options): Promise<void> {
  const { rows } = await sql<{ name: string; privilege: string }>`
    SELECT name, privilege FROM unnest(${TABLES}::text[]) AS name,
      unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
    WHERE NOT has_table_privilege(name, privilege)`.execute(db);
  const [missing] = rows;
  if (missing === undefined) return;
  const found = `does not let its user ${missing.privilege} in ${missing.name}`;
  throw fault(place, found, GRANT_ADVICE);
}

async function checkMayCreate({ db, place }: Options): Promise<void> {
  const { rows } = await sql<{ may: boolean | null }>`
    SELECT has_schema_privilege(current_schema(), 'CREATE') AS may`.execute(db);
  if (rows[0]?.may === true) return;
  throw fault(place, 'does not let its user create tables', GRANT_ADVICE);
}

const exists = async (db: Kysely<Tables>, table: string): Promise<boolean> => {
  const { rows } = await sql<{ is: boolean }>`SELECT to_regclass(${table}) IS NOT NULL AS is`.execute(db);
  return rows[0]?.is === true;
};

const GRANT_ADVICE = 'let this user create tables in the schema public, or make it the owner of the tables';

/** What only who runs it can change, by SQLSTATE. */
const UNUSABLE: Readonly<Record<string, readonly [found: string, advice: string]>> = {
  '28P01': ['does not accept the password', 'see to the password of this user'],
  '28000': ['does not let this user in', 'see to the user, and to pg_hba.conf'],
  '3D000': ['does not exist', 'create it, or name another'],
  '42501': ['does not let its user do what is needed', GRANT_ADVICE],
  '3F000': ['has no schema to create tables in', GRANT_ADVICE],
};

/** The same by what the driver, or TLS, says where the server was not asked yet. */
const UNUSABLE_BEFORE: readonly (readonly [said: RegExp, found: string, advice: string])[] = [
  [
    /client password must be a/,
    'wants a password, and none is given',
    'give one by SPRAYPROXY_SPOOL_PASSWORD_FILE, PGPASSWORD or PGPASSFILE',
  ],
  [
    /does not support SSL connections/,
    'speaks no TLS, which sslmode in the URL asks for',
    'turn TLS on at the server, or change sslmode',
  ],
  [
    /certificate/,
    'shows a certificate that cannot be trusted',
    'see to the certificate, and to sslrootcert and sslmode in the URL',
  ],
];

/** A pooler has one code for everything. */
const OF_POOLER = /no such (?:database|user)|authentication failed/;

function unusable(place: string, error: unknown): SpoolUnusableError | undefined {
  if (error instanceof SpoolUnusableError) return error;
  const code = sqlStateOf(error) ?? '';
  const reason = reasonOf(error);
  const known = UNUSABLE[code];
  if (known !== undefined) return fault(place, `${known[0]} (${reason})`, known[1]);
  if (code.startsWith('08') && OF_POOLER.test(reason)) {
    return fault(
      place,
      `cannot be connected to (${reason})`,
      'see to the user, its password and the database',
    );
  }
  const before = UNUSABLE_BEFORE.find(([said]) => code === '' && said.test(reason));
  return before && fault(place, `${before[1]} (${reason})`, before[2]);
}

const fault = (place: string, found: string, advice: string): SpoolUnusableError =>
  new SpoolUnusableError(place, found, advice, 'database');

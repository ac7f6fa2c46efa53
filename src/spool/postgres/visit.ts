import { randomUUID } from 'node:crypto';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Client } from 'pg';

import { SystemClock } from '../../clock/clock.js';
import { BYTES_PER_DELIVERY } from '../delivery-bytes.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';
import { Channel } from './channel.js';
import { Connections } from './connections.js';
import { poolOf } from './database.js';
import { reasonOf } from './database-error.js';
import { CHANNEL } from './message.js';
import { filtersIn, urlsIn } from './registered-backends.js';
import { readReplicas } from './replica-rows.js';
import { GONE_AFTER_MS } from './replicas.js';
import { examineDatabase } from './start.js';
import { type Tables } from './tables.js';

/** A message takes some ms, a pooler that passes none on says nothing. */
const HEARD_WITHIN_MS = 2000;

/** What a database that can be used tells of itself. */
export interface DatabaseVisit {
  /** As in `server_version_num`. */
  readonly version: number;
  readonly isLocal: boolean;
  readonly isEncrypted: boolean;
  /** Whether there would be no connection if its certificate were not good. */
  readonly isVerified: boolean;
  /** How much its clock is ahead of ours, and by how much at most that may be wrong. */
  readonly clockAheadMs: number;
  readonly clockErrorMs: number;
  readonly commit: string;
  readonly fsync: string;
  /** `undefined`: a start would make it. */
  readonly content: SpoolContent | undefined;
  /** Whether replicas hear from each other by NOTIFY. */
  readonly hearsMessages: boolean;
}

export interface SpoolContent {
  /** Of the deliveries that are kept. */
  readonly bytes: number;
  readonly registeredBackends: readonly string[];
  /** The note with their filters. */
  readonly backendFilters: string | undefined;
  /** Processes that use it now. */
  readonly replicas: number;
}

interface Options {
  readonly url: string;
  readonly password: () => string | undefined;
  readonly allowAsyncCommit: boolean;
}

/**
 * Looks at a database as the start would, and changes nothing.
 * @throws SpoolUnusableError if a start would be refused; any other Error: it would wait until that is over
 */
export async function visitDatabase({ url, password, allowAsyncCommit }: Options): Promise<DatabaseVisit> {
  const connections = new Connections(url, password, 2);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: poolOf(connections) }) });
  try {
    const hasSchema = await examineDatabase({ db, place: connections.place, allowAsyncCommit });
    const client = await connections.connect();
    try {
      return {
        ...connectionOf(client, url),
        ...(await settingsOf(client)),
        ...(await clockOf(client)),
        content: hasSchema ? await contentOf(db) : undefined,
        hearsMessages: await hearsMessages(connections),
      };
    } finally {
      await client.end();
    }
  } catch (error) {
    throw error instanceof SpoolUnusableError ? error : new Error(reasonOf(error), { cause: error });
  } finally {
    await db.destroy();
  }
}

function connectionOf({ connection }: Client, url: string) {
  const stream = connection.stream as Socket;
  const isEncrypted = stream instanceof TLSSocket;
  const parameters = new URL(url.replace('@/', '@localhost/')).searchParams;
  const sslmode = parameters.get('sslmode');
  // As libpq has it: an authority that is named is asked.
  const checksNothing = sslmode === 'prefer' || (sslmode === 'require' && !parameters.has('sslrootcert'));
  const address = stream.remoteAddress;
  return {
    isEncrypted,
    isVerified: isEncrypted && !checksNothing,
    // A socket of this host has none.
    isLocal: address === undefined || /^(::1$|(::ffff:)?127\.)/.test(address),
  };
}

async function settingsOf(client: Client): Promise<Pick<DatabaseVisit, 'version' | 'commit' | 'fsync'>> {
  const { rows } = await client.query<Pick<DatabaseVisit, 'version' | 'commit' | 'fsync'>>(`
    SELECT current_setting('server_version_num')::integer AS version,
      current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync`);
  const [row] = rows;
  if (row === undefined) throw new Error('the database gave no answer');
  return row;
}

async function clockOf(client: Client): Promise<Pick<DatabaseVisit, 'clockAheadMs' | 'clockErrorMs'>> {
  const askedAt = Date.now();
  const { rows } = await client.query<{ now: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
  );
  const clockErrorMs = (Date.now() - askedAt) / 2;
  return { clockAheadMs: (rows[0]?.now ?? 0) - (askedAt + clockErrorMs), clockErrorMs };
}

async function contentOf(db: Kysely<Tables>): Promise<SpoolContent> {
  const { rows } = await sql<{ bytes: number }>`
    SELECT coalesce(sum(payload_bytes + ${BYTES_PER_DELIVERY}::bigint), 0)::float8 AS bytes
    FROM sprayproxy_delivery WHERE kept`.execute(db);
  const replicas = await readReplicas(db);
  return {
    bytes: rows[0]?.bytes ?? 0,
    registeredBackends: await urlsIn(db),
    backendFilters: await filtersIn(db),
    replicas: replicas.filter((replica) => replica.age_ms < GONE_AFTER_MS).length,
  };
}

async function hearsMessages(connections: Connections): Promise<boolean> {
  const clock = new SystemClock();
  let channel: Channel | undefined;
  try {
    return await new Promise<boolean>((resolve) => {
      clock.after(HEARD_WITHIN_MS, () => {
        resolve(false);
      });
      channel = new Channel({
        connect: () => connections.connect(),
        send: (payload) => connections.pool.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]),
        holder: randomUUID(),
        clock,
        onMessage: () => undefined,
        onListening: resolve,
      });
      channel.start();
    });
  } finally {
    await channel?.stop();
  }
}

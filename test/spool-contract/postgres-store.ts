import { Client } from 'pg';

import { SystemClock } from '../../src/clock/clock.js';
import { type Forward, isKept } from '../../src/model/forward.js';
import { type OpenOptions, openPostgresSpool } from '../../src/spool/postgres/open.js';
import { type Spool } from '../../src/spool/spool.js';
import { type PostgresServer } from '../support/postgres/postgres-server.js';
import { type StoreUnderTest } from './store-under-test.js';

/** By the server: a database that a spool was opened in, once, for others to be copied from. */
const templates = new WeakMap<PostgresServer, Promise<string>>();

let databases = 0;

/** An engine's store in a database of its own. */
export function makePostgresStore(server: PostgresServer): StoreUnderTest {
  const database = `store_${(databases += 1)}`;
  let made: Promise<unknown> | undefined;
  return {
    isShared: true,
    open: async (maxBytes = 1e9) => {
      made ??= copyTemplate(server, database);
      await made;
      return openSpool({ url: server.url(database), maxBytes });
    },
    damage: async (id, payload) => {
      await withClient(server.url(database), (client) =>
        payload === undefined
          ? client.query('DELETE FROM sprayproxy_payload WHERE delivery_id = $1', [id])
          : client.query('UPDATE sprayproxy_payload SET bytes = $2 WHERE delivery_id = $1', [id, payload]),
      );
    },
    remove: async () => {
      const faults = await withClient(server.url(database), faultsIn);
      await server.exec(`DROP DATABASE ${database}`);
      if (faults.length > 0) throw new Error(`not as they should be: ${faults.join(', ')}`);
    },
  };
}

export const openSpool = (options: Partial<OpenOptions> & { url: string }): Promise<Spool> =>
  openPostgresSpool({
    clock: new SystemClock(),
    maxBytes: 1e9,
    maxPastAgeMs: 3_600_000,
    allowAsyncCommit: false,
    onUnusable: (error) => {
      throw error;
    },
    ...options,
  });

async function copyTemplate(server: PostgresServer, database: string): Promise<void> {
  const template = templates.get(server) ?? makeTemplate(server);
  templates.set(server, template);
  await server.exec(`CREATE DATABASE ${database} TEMPLATE ${await template}`);
}

async function makeTemplate(server: PostgresServer): Promise<string> {
  const url = await server.freshDatabase();
  await (await openSpool({ url })).close();
  return new URL(url).pathname.slice(1);
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

interface Row {
  readonly id: string;
  readonly kept: boolean;
  readonly forwards: readonly Forward[];
  readonly indexed: readonly string[];
  readonly slices: number;
}

/** Deliveries that say something else of themselves than what they are found by. */
async function faultsIn(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<Row>(`
    SELECT id, kept, forwards,
      ARRAY(SELECT backend || ' ' || state FROM sprayproxy_forward WHERE delivery_id = id) AS indexed,
      (SELECT count(*)::integer FROM sprayproxy_payload WHERE delivery_id = id) AS slices
    FROM sprayproxy_delivery`);
  return rows
    .filter(({ kept, forwards, indexed, slices }) => {
      const expected = forwards.filter(isKept).map(({ backend, state }) => `${backend} ${state}`);
      const isIndexed = expected.sort().join('\n') === [...indexed].sort().join('\n');
      return !isIndexed || kept !== expected.length > 0 || (!kept && slices > 0);
    })
    .map(({ id }) => id);
}

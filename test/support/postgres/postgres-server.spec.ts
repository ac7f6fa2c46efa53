import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { once } from 'node:events';

import { Client } from 'pg';

import { familyOf } from './processes.js';
import { PostgresServer } from './postgres-server.js';
import { sharedPostgres } from './start-postgres.js';

const postgres = sharedPostgres();

it('gives each who asks an empty database', async () => {
  const [one, other] = [await postgres().freshDatabase(), await postgres().freshDatabase()];

  expect(one).not.toBe(other);
  const client = new Client({ connectionString: one });
  await client.connect();
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int n FROM pg_tables WHERE schemaname = 'public'`,
  );
  await client.end();
  expect(rows).toEqual([{ n: 0 }]);
});

it.each(['fsync', 'synchronous_commit'])('is as durable as in production: %s', async (setting) => {
  expect(await postgres().exec(`SHOW ${setting}`)).toEqual([{ [setting]: 'on' }]);
});

it('asks for a password', async () => {
  const client = new Client({
    connectionString: postgres()
      .url()
      .replace(/:[^:@]*@/, ':wrong@'),
  });

  await expect(client.connect()).rejects.toThrow('password authentication failed');
});

describe('a server of its own', () => {
  const own = sharedPostgres({ settings: { default_transaction_read_only: 'off' } });

  it.each(['stop', 'kill'] as const)('has after %s and start what was committed', async (end) => {
    await own().exec(`CREATE TABLE after_${end} (n int); INSERT INTO after_${end} VALUES (1)`);
    const { port } = own();

    await own()[end]();
    const refused = connect(port, '127.0.0.1');
    await expect(once(refused, 'connect')).rejects.toThrow('ECONNREFUSED');
    await own().start();

    expect(own().port).toBe(port);
    expect(await own().exec(`SELECT n FROM after_${end}`)).toEqual([{ n: 1 }]);
  });

  it('ends connections without a word when it is killed', async () => {
    const client = new Client({ connectionString: own().url() });
    await client.connect();
    const failed = once(client, 'error');
    // It may say so more than once.
    client.on('error', () => undefined);

    await own().kill();

    await expect(failed).resolves.toEqual([expect.any(Error)]);
    await own().start();
  });

  it('answers nothing while it is paused', async () => {
    await own().pause();
    let answered = false;
    const answer = own()
      .exec('SELECT 1 AS one')
      .finally(() => (answered = true));

    // The kernel accepts what it does not.
    await once(connect(own().port, '127.0.0.1'), 'connect');
    expect(answered).toBe(false);

    await own().proceed();
    await expect(answer).resolves.toEqual([{ one: 1 }]);
  });
});

it('leaves neither files nor processes', async () => {
  const server = await PostgresServer.make();
  const room = dirname(server.dir);
  const pids = await familyOf(Number((await server.exec<{ pid: string }>(POSTMASTER))[0]?.pid));

  await server.remove();

  expect(existsSync(room)).toBe(false);
  expect(pids.length).toBeGreaterThan(1);
  for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false);
});

it('leaves nothing where it cannot be started', async () => {
  await expect(PostgresServer.make({ settings: { shared_buffers: 'nonsense' } })).rejects.toThrow(
    'invalid value for parameter "shared_buffers"',
  );
});

const POSTMASTER = `SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1) AS pid`;

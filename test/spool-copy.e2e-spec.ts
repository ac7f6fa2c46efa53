import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type DeliveryList } from '../src/deliveries/delivery-view.js';
import { type CopyReport } from '../src/spool/copy/command.js';
import { BackendServer } from './support/backend-server.js';
import { sharedPostgres } from './support/postgres/start-postgres.js';
import { callCommand, runCommand } from './support/run-command.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { filledSpool } from './support/spool/filled-spool.js';
import { readSpool } from './support/spool/read-spool.js';
import { startSprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const dir = useTempDir();
const postgres = sharedPostgres();

async function copy(from: string, to: string, env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await callCommand(env, 'spool', 'copy', '--from', from, '--to', to, '--json');
  return { code, err, report: out === '' ? undefined : (JSON.parse(out) as CopyReport) };
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

it('moves what is owed and who is registered to a database, from where it is sent', async () => {
  const from = `file:${join(dir.path, 'spool')}`;
  const to = await postgres().freshDatabase();
  const backend = await BackendServer.start(503, 200);
  const env = {
    SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
    SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
    SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
    SPRAYPROXY_RETRY_MIN_DELAY: '1h',
    SPRAYPROXY_RETRY_MAX_DELAY: '1h',
  };
  const before = await startSprayproxy({ env: { ...env, SPRAYPROXY_SPOOL_URL: from } });
  await send(before.url, { method: 'POST', path: '/backends', body: JSON.stringify({ url: backend.url }) });
  const payload = Buffer.alloc(3 * 1024 ** 2, 'x');
  expect(await sendWebhook(before.url, payload)).toMatchObject({ status: 202 });
  const idsIn = async (url: string) =>
    ((await (await fetch(`${url}/deliveries`)).json()) as DeliveryList).deliveries.map(({ id }) => id);
  const ids = await idsIn(before.url);
  await before.program.stop();

  const { code, report, err } = await copy(from, to);

  expect(err).toBe('0 of 1 deliveries, 0.0 MiB copied\n1 of 1 deliveries, 3.0 MiB copied\n');
  expect(code).toBe(0);
  expect(report).toMatchObject({ ok: true, total: 1, copied: 1, backends: 1, bytes: payload.length });
  const after = await startSprayproxy({ env: { ...env, SPRAYPROXY_SPOOL_URL: to } });
  const [, delivered] = await backend.receive(2);
  expect(delivered?.body.equals(payload)).toBe(true);
  expect(await idsIn(after.url)).toEqual(ids);
});

it('brings all back to a directory, and copies nothing twice on the way', async () => {
  const source = await filledSpool(9);
  const database = await postgres().freshDatabase();
  const back = join(dir.path, 'back');

  expect((await copy(`file:${source}`, database)).report).toMatchObject({ total: 6, copied: 6 });
  expect((await copy(`file:${source}`, database)).report).toMatchObject({ total: 6, copied: 0, there: 6 });
  expect((await copy(database, `file:${back}`)).report).toMatchObject({ total: 6, copied: 6, damaged: [] });

  expect(await readSpool(back)).toEqual(await readSpool(source));
});

it('goes on where a copy was cut off', async () => {
  const source = await filledSpool(9);
  const database = await postgres().freshDatabase();
  await copy(`file:${source}`, database);
  await postgres().exec(
    `DELETE FROM sprayproxy_delivery WHERE id IN (SELECT id FROM sprayproxy_delivery ORDER BY id DESC LIMIT 4)`,
    nameOf(database),
  );
  expect((await copy(`file:${source}`, database)).report).toMatchObject({ copied: 4, there: 2 });
});

it('leaves a directory as it is', async () => {
  const source = await filledSpool(3);
  const digest = () =>
    createHash('sha256')
      .update(readFileSync(join(source, 'data.mdb')))
      .digest('hex');
  const before = digest();
  await copy(`file:${source}`, await postgres().freshDatabase());
  expect(digest()).toBe(before);
});

it('does not copy what is in use', async () => {
  const database = await postgres().freshDatabase();
  const directory = `file:${join(dir.path, 'spool')}`;
  for (const [url, other] of [
    [database, directory],
    [directory, database],
  ] as const) {
    const { program } = await startSprayproxy({ env: { SPRAYPROXY_SPOOL_URL: url } });
    const { code, err } = await copy(url, other);
    expect(err).toMatch(/^sprayproxy spool: .* is used by .*: stop/);
    expect(code).toBe(1);
    await program.stop();
  }
});

it('copies to a database that replicas use, which send it at once', async () => {
  const from = `file:${join(dir.path, 'spool')}`;
  const database = await postgres().freshDatabase();
  const backend = await BackendServer.start(503, 200);
  const backends = [backend.url];
  const env = { SPRAYPROXY_RETRY_MIN_DELAY: '1h', SPRAYPROXY_RETRY_MAX_DELAY: '1h' };
  const before = await startSprayproxy({ backends, env: { ...env, SPRAYPROXY_SPOOL_URL: from } });
  expect(await sendWebhook(before.url, '{}')).toMatchObject({ status: 202 });
  await before.program.stop();
  await startSprayproxy({ backends, env: { ...env, SPRAYPROXY_SPOOL_URL: database } });

  expect(await copy(from, database)).toMatchObject({ code: 0, report: { copied: 1 } });

  await backend.receive(2);
});

it.each([
  ['file:/no/such/spool', 'there is no spool in /no/such/spool'],
  ['postgres://me:hunter2@127.0.0.1:1/spray', 'cannot be reached'],
])('says that %s is not there', async (from, why) => {
  const to = from.startsWith('file:') ? await postgres().freshDatabase() : `file:${join(dir.path, 'spool')}`;
  const { code, err } = await copy(from, to);
  expect(err).toContain(why);
  expect(err).not.toContain('hunter2');
  expect(code).toBe(1);
});

it('does not begin a spool in an empty database that it is to copy from', async () => {
  const database = await postgres().freshDatabase();
  expect((await copy(database, `file:${join(dir.path, 'spool')}`)).err).toContain('there is no spool in');
});

it('tells of damaged payloads, copies the rest, and ends with 1', async () => {
  const source = await filledSpool(6);
  const database = await postgres().freshDatabase();
  await copy(`file:${source}`, database);
  await postgres().exec(
    `UPDATE sprayproxy_payload SET bytes = 'damaged' WHERE delivery_id = (SELECT min(id) FROM sprayproxy_delivery)`,
    nameOf(database),
  );
  const { code, report } = await copy(database, `file:${join(dir.path, 'spool')}`);
  expect(report).toMatchObject({ ok: false, total: 4, copied: 3, damaged: [expect.any(Number) as number] });
  expect(code).toBe(1);
});

it.each([
  [['copy'], 'give both --from and --to'],
  [['move'], 'there is one command: copy'],
  [['copy', '--from', 'off', '--to', 'file:/b'], '--from must be file: and a directory'],
  [['copy', '--from', 'file:/a', '--to', 'file:/b'], 'copy the directory itself'],
  [['copy', '--from', 'postgres://me@a/b', '--to', 'postgres://me@a/c'], 'pg_dump'],
  [['copy', '--from', 'file:/a', '--to', 'postgres://me@a'], '--to must name one database'],
  [['copy', '--force'], '--force'],
])('is called wrongly with %j', async (args, why) => {
  const { code, out, err } = await callCommand({}, 'spool', ...args);
  expect(err).toContain(why);
  expect([code, out]).toEqual([2, '']);
});

it('runs as a command of the program, and tells in words', async () => {
  const source = await filledSpool(3);
  const url = new URL(await postgres().freshDatabase());
  const { password } = url;
  url.password = '';
  const result = await runCommand(
    { PGPASSWORD: password },
    'spool',
    'copy',
    '--from',
    `file:${source}`,
    '--to',
    url.href,
  );
  expect(result).toMatchObject({
    code: 0,
    out: '2 deliveries copied, 0 were there; 0 registered backends copied\n',
  });
  expect((await runCommand({}, 'spool', '--help')).out).toMatch(/^Usage: sprayproxy spool copy/);
});

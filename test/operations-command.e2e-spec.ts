import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { type OperationView } from '../src/deliveries/operations/operation.js';
import { BackendServer } from './support/backend-server.js';
import { onCleanup } from './support/cleanup.js';
import { callCommand, runCommand } from './support/run-command.js';
import { send } from './support/send-webhook.js';
import { deadForward, storeDeliveries } from './support/spool/dead-deliveries.js';
import { openBuilt } from './support/spool/open-built.js';
import { MAIN, startSprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const dir = useTempDir();

const run = (...args: string[]) => callCommand({}, 'deliveries', ...args);

/** A service whose backend misses so many deliveries. */
async function start(backend: BackendServer, count: number): Promise<string> {
  const spool = await openBuilt({ dir: dir.path, maxBytes: 1e9 });
  await storeDeliveries(spool, count, deadForward(backend.url));
  await spool.close();
  const { url } = await startSprayproxy({
    backends: [backend.url],
    env: { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true', SPRAYPROXY_SPOOL_URL: `file:${dir.path}` },
  });
  return url;
}

const latest = async (url: string): Promise<OperationView | undefined> => {
  const reply = await send(url, { method: 'GET', path: '/deliveries/operations' });
  return (JSON.parse(reply.text) as { operations: OperationView[] }).operations[0];
};

it('sends again and discards, shows how far it is, and lists what was done', async () => {
  const backend = await BackendServer.start();
  const url = await start(backend, 30);
  const dead = ['--state', 'dead', '--since', '3h', '--url', url, '--yes'];

  const sent = await runCommand({}, 'deliveries', 'resend', '--backend', backend.url, ...dead);
  expect(sent.code).toBe(0);
  expect(sent.err.split('\n')).toEqual(
    expect.arrayContaining(['30 forwards of 30 deliveries will be sent again', '30 of 30 forwards']),
  );
  const { id } = (await latest(url)) ?? { id: '' };
  expect(sent.out).toBe(`operation ${id} done: 30 of 30 forwards: 30 accepted\n`);
  expect(backend.received).toHaveLength(30);

  expect(await run('discard', ...dead)).toEqual({ code: 0, out: '', err: 'nothing to do\n' });
  const { out } = await run('operations', '--url', url);
  const [head, row, ...rest] = out.split('\n');
  expect(head).toMatch(/^ID +STARTED +ACTION +STATE +USER +DONE +OUTCOMES +FILTERS +WAITING FOR$/);
  expect(row).toMatch(
    new RegExp(`^${id} +20\\S+Z +resend +done +- +30/30 +30 accepted +state=dead backend=`),
  );
  expect(rest).toEqual(['']);
  const shown = await run('operations', id, '--url', url, '--json');
  expect(JSON.parse(shown.out)).toEqual(await latest(url));
  expect(await run('cancel', id, '--url', url)).toMatchObject({ code: 1, out: sent.out });
});

it('discards what nobody wants any more, and prints it for a machine', async () => {
  const backend = await BackendServer.start();
  const url = await start(backend, 20);
  const { code, out } = await run('discard', '--event', 'push', '--url', url, '--yes', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ action: 'discard', state: 'done', outcomes: { discarded: 20 } });
  expect(backend.received).toHaveLength(0);
});

it('can be left with Ctrl-C, which cancels nothing; cancelling does', async () => {
  const backend = await BackendServer.start(503);
  const url = await start(backend, 10);
  const command = spawn(
    process.execPath,
    [MAIN, 'deliveries', 'resend', '--state=dead', '--url', url, '--yes'],
    {
      env: {},
    },
  );
  onCleanup(() => {
    command.kill('SIGKILL');
  });
  const errors = text(command.stderr);
  // It shows so once it follows.
  await new Promise<void>((resolve) => {
    command.stderr.on('data', (data: Buffer) => {
      if (data.includes('0 of 10 forwards')) resolve();
    });
  });
  command.kill('SIGINT');
  const [code] = (await once(command, 'exit')) as [number];
  const { id, state } = (await latest(url)) ?? { id: '', state: '' };
  expect([code, state]).toEqual([130, 'running']);
  expect(await errors).toContain(`operation ${id} goes on; to end it: sprayproxy deliveries cancel ${id}\n`);
  const other = await run('resend', '--state', 'dead', '--url', url, '--yes');
  expect(other).toMatchObject({
    code: 0,
    err: 'nothing to do\n',
  });
  expect(await run('cancel', id, '--url', url)).toEqual({
    code: 0,
    out: `operation ${id} cancelled: 0 of 10 forwards\n`,
    err: '',
  });
});

it.each<[string, string[], number, string]>([
  ['no filter', ['resend', '--yes'], 2, 'give at least one of --state, --backend'],
  ['nobody to ask', ['resend', '--state', 'dead'], 2, 'nobody can be asked here: give --yes'],
  ['a filter of lists only', ['discard', '--limit', '1'], 2, "Unknown option '--limit'"],
  ['an id', ['resend', '1'], 2, 'name one delivery by --guid'],
  ['what was accepted', ['discard', '--accepted', '--since=1h'], 2, 'what was accepted cannot be discarded'],
  ['a wrong filter', ['resend', '--state=lost', '--yes'], 2, 'state must be one of'],
  ['no operation', ['cancel'], 2, 'say which: sprayproxy deliveries operations lists them'],
  ['no id', ['cancel', 'all'], 2, 'an id is a number, as lists show it'],
  ['one that is not there', ['cancel', '1'], 1, 'no such operation'],
])('is called wrongly with %s: %j', async (_what, args, code, reason) => {
  const { url } = await startSprayproxy({
    env: { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true', SPRAYPROXY_SPOOL_URL: `file:${dir.path}` },
  });
  const result = await run(...args, '--url', url);
  expect(result).toMatchObject({ code, out: '', err: expect.stringContaining(reason) as string });
});

it.each(['resend', 'discard', 'operations', 'cancel', 'backends'])(
  '%s tells how it is called',
  async (verb) => {
    expect(await run(verb, '--help')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`Usage: sprayproxy deliveries ${verb}`) as string,
    });
  },
);

import { type OperationView } from '../src/deliveries/operations/operation.js';
import { type DryRunView, type OperationList } from '../src/deliveries/operations/operations.controller.js';
import { newForward } from '../src/model/forward.js';
import { BackendServer, type ReceivedWebhook } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { deadForward, storeDeliveries } from './support/spool/dead-deliveries.js';
import { openBuilt } from './support/spool/open-built.js';
import { openSpool } from './spool-contract/postgres-store.js';
import { sharedPostgres } from './support/postgres/start-postgres.js';
import { ReplicaSet } from './support/replicas/replica-set.js';
import { startSprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const dir = useTempDir();

const environment = () => ({
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
  SPRAYPROXY_SPOOL_URL: `file:${dir.path}`,
});

const guidOf = ({ headers }: ReceivedWebhook) => String(headers['x-github-delivery']);

async function call(url: string, method: string, path: string, body?: object) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const { status, headers, ...reply } = await send(url, {
    method,
    path: `/deliveries${path}`,
    body: text,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'X-Remote-User': 'somebody',
    },
  });
  return { status, headers, text: reply.text };
}

async function json<T>(url: string, method: string, path: string, body?: object): Promise<T> {
  const { status, text } = await call(url, method, path, body);
  expect([200, 202, text]).toContain(status);
  return JSON.parse(text) as T;
}

const operation = (url: string, id: string) => json<OperationView>(url, 'GET', `/operations/${id}`);

/** Asks again and again until it is so. */
async function until(
  url: string,
  id: string,
  isSo: (operation: OperationView) => boolean,
): Promise<OperationView> {
  for (;;) {
    const found = await operation(url, id);
    if (isSo(found)) return found;
  }
}

const hasEnded = ({ state }: OperationView) => state !== 'running';

/** A file spool with deliveries in it, before the program opens it. */
async function fillFile(count: number, ...backends: string[]): Promise<void> {
  const spool = await openBuilt({ dir: dir.path, maxBytes: 1e9 });
  const [first = '', ...others] = backends;
  const accepted = others.map((key) => ({ ...newForward(key), state: 'accepted' as const }));
  await storeDeliveries(spool, count, deadForward(first), ...accepted);
  await spool.close();
}

it.each<[string, string, string, object, number, string]>([
  ['no filter', 'POST', '/attempts', {}, 400, 'give at least one filter: state, backend'],
  ['no filter', 'DELETE', '', { dryRun: true }, 400, 'give at least one filter: state, backend'],
  ['one twice', 'POST', '/attempts?state=dead', { state: 'dead' }, 400, 'state is given twice'],
  ['an unknown one', 'DELETE', '?limit=1', { state: 'dead' }, 400, 'known are only state'],
  ['an unknown field', 'POST', '/attempts', { state: 'dead', all: true }, 400, 'nothing else'],
  ['a wrong filter', 'POST', '/attempts', { state: 'lost' }, 400, 'state must be one of'],
  ['a number', 'POST', '/attempts', { guid: 1 }, 400, 'guid must be a string'],
  ['a wrong flag', 'POST', '/attempts', { state: 'dead', dryRun: 1 }, 400, 'dryRun must be true or false'],
  ['what was accepted', 'POST', '/attempts', { state: 'accepted' }, 400, 'only with "accepted":true'],
  ['what was accepted', 'DELETE', '', { state: 'accepted' }, 400, 'what was accepted cannot be discarded'],
  ['what was accepted', 'DELETE', '', { state: 'dead', accepted: true }, 400, 'cannot be discarded'],
  ['no such operation', 'GET', '/operations/1', {}, 404, 'no such operation'],
  ['no such operation', 'DELETE', '/operations/x', {}, 404, 'no such operation'],
  ['a parameter', 'GET', '/operations?state=running', {}, 400, 'there are no query parameters here'],
])('refuses %s: %s %s %j', async (_what, method, path, body, status, reason) => {
  const { url } = await bootSprayproxy({ env: environment() });
  const reply = await call(url, method, path, method === 'GET' ? undefined : body);
  expect(reply).toMatchObject({ status, text: expect.stringContaining(reason) as string });
});

it('sends nothing again without a spool, and discards what is remembered', async () => {
  const bad = await BackendServer.start(500);
  const { url } = await bootSprayproxy({
    backends: [bad.url],
    env: { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' },
  });
  await sendWebhook(url, '{}');
  expect(await call(url, 'POST', '/attempts', { state: 'dead' })).toMatchObject({
    status: 409,
    text: 'there is no spool: nothing is kept that could be sent again',
  });
  const { id } = await json<OperationView>(url, 'DELETE', '', { state: 'dead' });
  expect(await until(url, id, hasEnded)).toMatchObject({ state: 'done', outcomes: { discarded: 1 } });
  expect(await json(url, 'GET', '?state=dead')).toEqual({ deliveries: [], next: null });
});

describe('the built program', () => {
  it('counts, sends in the background, tells how far it is, and logs who wanted it', async () => {
    const [missed, has] = [await BackendServer.start(), await BackendServer.start()];
    await fillFile(300, missed.url, has.url);
    const { url, program } = await startSprayproxy({
      backends: [missed.url, has.url],
      env: { ...environment(), SPRAYPROXY_DRAIN_CONCURRENCY: '1' },
    });
    const counted = await json<DryRunView>(url, 'POST', '/attempts?state=dead', { dryRun: true });
    expect(counted).toEqual({
      dryRun: true,
      filters: { state: 'dead' },
      deliveries: 300,
      forwards: 300,
    });
    expect(missed.received).toHaveLength(0);

    const { status, headers, text } = await call(url, 'POST', '/attempts', {
      since: '1h',
      backend: missed.host,
    });
    const { id, ...begun } = JSON.parse(text) as OperationView;
    expect([status, headers.location]).toEqual([202, `/deliveries/operations/${id}`]);
    expect(begun).toMatchObject({
      action: 'resend',
      accepted: false,
      user: 'somebody',
      state: 'running',
      filters: { backend: missed.host, since: expect.stringMatching(/Z$/) as string },
      total: { deliveries: 300, forwards: 300 },
    });
    const ended = await until(url, id, hasEnded);
    expect(ended).toMatchObject({ state: 'done', done: 300, outcomes: { accepted: 300 } });
    expect(missed.received.map(guidOf)).toEqual(Array.from({ length: 300 }, (_, n) => `guid-${n}`));
    expect(has.received).toHaveLength(0);
    expect((await json<OperationList>(url, 'GET', '/operations')).operations).toEqual([ended]);
    expect(await program.logged('operation begun')).toMatchObject({ operation: id, user: 'somebody' });
    expect(await program.logged('operation ended')).toMatchObject({
      operation: id,
      state: 'done',
      done: 300,
    });
  });

  it('sends 2,000 again, can be told to stop, goes on, and never sends what was accepted', async () => {
    let isSlow = true;
    const missed = await BackendServer.start((_request, response) => {
      if (isSlow) setTimeout(() => response.writeHead(202).end(), 50);
      else response.writeHead(202).end();
    });
    const has = await BackendServer.start();
    await fillFile(2000, missed.url, has.url);
    const { url, program } = await startSprayproxy({ backends: [missed.url, has.url], env: environment() });

    const first = await json<OperationView>(url, 'POST', '/attempts', { state: 'dead' });
    expect(first.total).toEqual({ deliveries: 2000, forwards: 2000 });
    expect(await call(url, 'DELETE', '', { state: 'dead' })).toMatchObject({
      status: 409,
      text: `operation ${first.id} is running: wait for its end, or cancel it`,
    });
    const steps = new Set<number>();
    await until(url, first.id, ({ done }) => steps.add(done).size > 3);
    const cancelled = await json<OperationView>(url, 'DELETE', `/operations/${first.id}`);
    expect(cancelled).toMatchObject({ state: 'cancelled', cancelledBy: 'somebody' });
    expect(await program.logged('operation cancelled on request')).toMatchObject({ user: 'somebody' });

    isSlow = false;
    const second = await json<OperationView>(url, 'POST', '/attempts', { state: 'dead' });
    const { outcomes } = await until(url, second.id, hasEnded);
    expect(outcomes).toEqual({ accepted: second.total.forwards });
    // Those that were being sent when it was cancelled are counted by none.
    const uncounted = 2000 - cancelled.done - second.total.forwards;
    expect(uncounted).toBeGreaterThanOrEqual(0);
    expect(uncounted).toBeLessThanOrEqual(32);
    expect(await json(url, 'GET', '?state=dead')).toMatchObject({ deliveries: [] });
    expect(new Set(missed.received.map(guidOf)).size).toBe(2000);
    expect([missed.received.length, has.received.length]).toEqual([2000, 0]);
  });

  it('shows what it had begun as interrupted when it is there again', async () => {
    const down = await BackendServer.start(503);
    await fillFile(200, down.url);
    const options = { backends: [down.url], env: environment() };
    const { url, program } = await startSprayproxy(options);
    const { id } = await json<OperationView>(url, 'POST', '/attempts', { state: 'dead' });
    await until(url, id, ({ waitingFor }) => waitingFor?.[0] === down.url);
    await program.kill();
    const again = await startSprayproxy(options);
    expect(await operation(again.url, id)).toMatchObject({ state: 'interrupted', done: 0 });
    expect(await again.program.logged('operation interrupted: its process is gone')).toMatchObject({
      operation: id,
    });
  });
});

describe('two replicas', () => {
  const postgres = sharedPostgres();

  async function start(backend: BackendServer, count: number): Promise<ReplicaSet> {
    const url = await postgres().freshDatabase();
    const spool = await openSpool({ url });
    await storeDeliveries(spool, count, deadForward(backend.url));
    await spool.close();
    return ReplicaSet.start(url, { backends: [backend.url] });
  }

  it('see and cancel what was begun at the other', async () => {
    let isUp = false;
    const backend = await BackendServer.start((_request, response) => {
      response.writeHead(isUp ? 202 : 503).end();
    });
    const replicas = await start(backend, 300);
    const { id } = await json<OperationView>(replicas.url(0), 'POST', '/attempts', { state: 'dead' });
    const waiting = await until(replicas.url(1), id, ({ waitingFor }) => waitingFor !== undefined);
    expect(waiting).toMatchObject({ waitingFor: [backend.url], total: { forwards: 300 } });
    expect((await call(replicas.url(1), 'POST', '/attempts', { state: 'dead' })).status).toBe(409);
    const cancelled = await json<OperationView>(replicas.url(1), 'DELETE', `/operations/${id}`);
    expect(cancelled.state).toBe('cancelled');
    await replicas.at(0).program.line((line) => line.msg === 'operation ended' && line.operation === id);
    expect(await operation(replicas.url(1), id)).toMatchObject({ state: 'cancelled', done: 0 });
    const dead = (at: number) =>
      json<DryRunView>(replicas.url(at), 'POST', '/attempts', { state: 'dead', dryRun: true });
    let seen: DryRunView[];
    // Who was about to send one sees it as it was until it knows better.
    do seen = await Promise.all([dead(0), dead(1)]);
    while (seen[0]?.forwards !== seen[1]?.forwards);
    // Some may have been tried at that moment.
    expect(seen[0]?.forwards).toBeGreaterThanOrEqual(300 - 32);

    isUp = true;
    const second = await json<OperationView>(replicas.url(1), 'POST', '/attempts', { state: 'dead' });
    expect(await until(replicas.url(0), second.id, hasEnded)).toMatchObject({
      state: 'done',
      outcomes: { accepted: second.total.forwards },
    });
    expect(await json(replicas.url(0), 'GET', '?state=dead')).toMatchObject({ deliveries: [] });
  });

  it.each<['SIGKILL' | 'SIGTERM']>([['SIGKILL'], ['SIGTERM']])(
    'find an operation interrupted whose process has ended by %s',
    async (signal) => {
      const backend = await BackendServer.start(503);
      const replicas = await start(backend, 10);
      const { id } = await json<OperationView>(replicas.url(0), 'POST', '/attempts', { state: 'dead' });
      await until(replicas.url(1), id, ({ total }) => total.forwards === 10);
      const { program } = replicas.at(0);
      program.process.kill(signal);
      await program.exited;
      expect(await until(replicas.url(1), id, hasEnded)).toMatchObject({ state: 'interrupted' });
    },
  );
});

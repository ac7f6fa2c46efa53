import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { type DeliveryList } from '../src/deliveries/delivery-view.js';
import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup } from './support/cleanup.js';
import { FakeClock } from './support/fake-clock.js';
import { scrape } from './support/metrics.js';
import { callCommand } from './support/run-command.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const PAYLOAD = '{"zen":"Speak like a human."}';
const PATH = '/deliveries/backends/pause';
const DYNAMIC = {
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
};

const dir = useTempDir();

const withSpool = () => ({
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
  SPRAYPROXY_SPOOL_URL: `file:${join(dir.path, 'spool')}`,
});

const call = (url: string, method: 'POST' | 'DELETE', path: string, asked: object | string) => {
  const body = typeof asked === 'string' ? asked : JSON.stringify(asked);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Remote-User': 'alice',
  };
  return send(url, { method, path, body, headers });
};

const guidsAt = ({ received }: BackendServer) => received.map(({ headers }) => headers['x-github-delivery']);

async function forwardsOf(url: string, guid: string) {
  const { text } = await send(url, { method: 'GET', path: `/deliveries?guid=${guid}` });
  const [delivery] = (JSON.parse(text) as DeliveryList).deliveries;
  return { id: delivery?.id ?? '', states: delivery?.forwards.map(({ state }) => state) };
}

it('a backend that is paused is attempted by nothing, also after a restart, and gets all in order when it is resumed', async () => {
  const [other, backend] = [await BackendServer.start(202), await BackendServer.start(202)];
  const start = () => startSprayproxy({ backends: [other.url, backend.url], env: withSpool() });
  const first = await start();
  const paused = await callCommand(
    {},
    ...(['deliveries', 'pause', '--url', first.url] as const),
    ...['--backend', `${backend.url}/`, '--reason', 'upgrade'],
  );
  expect(paused).toEqual({
    code: 0,
    err: '',
    out: `${backend.url} is paused until somebody resumes it: what comes in for it is owed\n`,
  });
  const guids = Array.from({ length: 5 }, () => randomUUID());
  const sendOne = async (url: string, guid = '') => {
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
  };
  for (const guid of guids.slice(0, 3)) await sendOne(first.url, guid);
  await first.program.stop();

  const { url, metricsUrl } = await start();
  for (const guid of guids.slice(3)) await sendOne(url, guid);
  // GitHub sends one once more, and somebody else another.
  await sendOne(url, guids[0]);
  const { id } = await forwardsOf(url, guids[1] ?? '');
  const again = await call(url, 'POST', `/deliveries/${id}/attempts`, {});
  expect([again.status, JSON.parse(again.text)]).toMatchObject([202, { id, paused: [backend.url] }]);
  expect([guidsAt(other), guidsAt(backend)]).toEqual([guids, []]);
  const metrics = await scrape(metricsUrl);
  const of = (name: string, { host }: BackendServer) => metrics.get(`sprayproxy_${name}{host="${host}"}`);
  expect([of('backend_paused', backend), of('backend_paused', other)]).toEqual([1, 0]);
  expect([of('backend_down', backend), of('forwards_owed', backend)]).toEqual([0, guids.length]);

  const resumed = await callCommand({}, 'deliveries', 'resume', '--url', url, '--backend', backend.url);
  expect(resumed).toEqual({
    code: 0,
    err: '',
    out: `${backend.url} is no longer paused: it is sent what it is owed\n`,
  });
  await backend.receive(guids.length);
  expect(guidsAt(backend)).toEqual(guids);
  expect((await call(url, 'DELETE', PATH, { backend: backend.url })).status).toBe(404);
});

it('is sent what it is owed when its time has come, and the log says who did what', async () => {
  const clock = new FakeClock();
  const backend = await BackendServer.start(202);
  const { url, program } = await bootSprayproxy({ backends: [backend.url], env: withSpool(), clock });
  const asked = { backend: backend.url, for: '2h', reason: 'upgrade\n<b>' };
  const since = new Date(clock.now()).toISOString();
  const until = new Date(clock.now() + 7_200_000).toISOString();
  const pause = { since, until, reason: asked.reason, user: 'alice' };
  const reply = await call(url, 'POST', PATH, asked);
  expect(JSON.parse(reply.text)).toEqual({ backend: backend.url, pause });
  expect(await program.logged('backend paused on request')).toMatchObject({ backend: backend.url, ...pause });

  expect((await sendWebhook(url, PAYLOAD)).status).toBe(202);
  expect(await program.logged('delivery accepted: what is owed is in the spool')).toMatchObject({
    paused: [backend.host],
  });
  clock.pass(7_200_000 - 1);
  expect(backend.received).toEqual([]);
  clock.pass(1);
  await backend.receive(1);
  expect(await program.logged('the pause of a backend is over')).toMatchObject({ backend: backend.url });

  await call(url, 'POST', PATH, { backend: backend.url });
  expect((await call(url, 'DELETE', `${PATH}?backend=${backend.url}`, '')).text).toBe(
    JSON.stringify({ backend: backend.url }),
  );
  expect(await program.logged('backend resumed on request')).toMatchObject({
    backend: backend.url,
    user: 'alice',
  });
});

it('is no longer paused when it has been unregistered', async () => {
  const backend = await BackendServer.start(202);
  const { url } = await bootSprayproxy({ env: { ...withSpool(), ...DYNAMIC } });
  await call(url, 'POST', '/backends', { url: backend.url });
  expect((await call(url, 'POST', PATH, { backend: backend.url })).status).toBe(200);
  await call(url, 'DELETE', '/backends', { url: backend.url });
  await call(url, 'POST', '/backends', { url: backend.url });
  expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
  expect((await call(url, 'DELETE', PATH, { backend: backend.url })).text).toBe('backend is not paused');
});

it('cannot be paused without a spool', async () => {
  const backend = await BackendServer.start(202);
  const env = { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' };
  const { url } = await bootSprayproxy({ backends: [backend.url], env });
  for (const method of ['POST', 'DELETE'] as const) {
    expect(await call(url, method, PATH, { backend: backend.url })).toMatchObject({
      status: 409,
      text: 'there is no spool to keep what a backend misses while it is paused',
    });
  }
  expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
});

it('is not sent what the spool has no room for', async () => {
  const backend = await BackendServer.start(202);
  const env = { ...withSpool(), SPRAYPROXY_SPOOL_MAX_BYTES: '16777216' };
  const { url } = await bootSprayproxy({ backends: [backend.url], env });
  await call(url, 'POST', PATH, { backend: backend.url });
  const payload = JSON.stringify({ fill: 'x'.repeat(9_000_000) });
  expect((await sendWebhook(url, payload)).status).toBe(202);
  expect(await sendWebhook(url, payload)).toMatchObject({ status: 503, text: 'spool full' });
  expect(backend.received).toEqual([]);
});

describe('what is asked', () => {
  const LONG = 'x'.repeat(201);
  const B = 'http://b.example.com';

  it.each<[reason: string, method: 'POST' | 'DELETE', query: string, body: object | string]>([
    ['please provide a valid json body', 'POST', '', ''],
    ['please provide a valid json body', 'DELETE', '', ''],
    ['there are no query parameters here', 'POST', '?backend=http://b', { backend: B }],
    ['backend must be a URL', 'POST', '', {}],
    ['backend is not a valid URL', 'POST', '', { backend: 'b' }],
    [
      'the body may have backend, for, until and reason, nothing else',
      'POST',
      '',
      { backend: B, form: '2h' },
    ],
    ['the body may have backend, nothing else', 'DELETE', '', { backend: B, url: B }],
    ['backend must be the same in the query and in the body', 'DELETE', '?backend=http://c', { backend: B }],
    ['give for or until, not both', 'POST', '', { backend: B, for: '2h', until: '2036-01-02T15:04:05Z' }],
    ['for must be a duration such as 2h', 'POST', '', { backend: B, for: 2 }],
    ['a pause must end in the future, and within a year', 'POST', '', { backend: B, for: '0' }],
    ['a pause must end in the future, and within a year', 'POST', '', { backend: B, for: '8760h1ms' }],
    [
      'a pause must end in the future, and within a year',
      'POST',
      '',
      { backend: B, for: `${'9'.repeat(400)}h` },
    ],
    ['until must be a time such as 2006-01-02T15:04:05Z', 'POST', '', { backend: B, until: '2036-01-02' }],
    [
      'a pause must end in the future, and within a year',
      'POST',
      '',
      { backend: B, until: '2006-01-02T15:04:05Z' },
    ],
    ['reason must be a text', 'POST', '', { backend: B, reason: '' }],
    ['reason is longer than 200 characters', 'POST', '', { backend: B, reason: LONG }],
  ])('is answered 400 `%s`: %s %s %j', async (reason, method, query, body) => {
    const { url } = await bootSprayproxy({ backends: [B], env: withSpool() });
    expect(await call(url, method, PATH + query, body)).toMatchObject({ status: 400, text: reason });
  });

  it('may be as long as it may be, and of a backend that is there', async () => {
    const { url } = await bootSprayproxy({ backends: [B], env: withSpool() });
    const longest = { backend: B, for: '8760h', reason: LONG.slice(1) };
    expect((await call(url, 'POST', PATH, longest)).status).toBe(200);
    expect(await call(url, 'POST', PATH, { backend: 'http://c.example.com' })).toMatchObject({
      status: 404,
      text: 'backend server not found in the list',
    });
  });
});

describe('the command', () => {
  const run = (...args: string[]) => callCommand({}, 'deliveries', ...args);

  it.each([
    [['pause'], 'give --backend'],
    [['resume', '--backend', 'http://a', '--for', '2h'], "Unknown option '--for'"],
    [['pause', '--backend', 'http://a', '--url', 'ftp://a'], '--url must begin with http:// or https://'],
  ])('says what is wrong with %j', async (args, reason) => {
    const { code, out, err } = await run(...args);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(reason)]);
  });

  it('explains itself', async () => {
    for (const verb of ['pause', 'resume'])
      expect((await run(verb, '--help')).out).toContain('sprayproxy deliveries pause --backend <url>');
  });

  it('says what the service says, and asks with the token', async () => {
    const asked: unknown[] = [];
    const answers = [
      [404, 'backend is not paused', 'backend is not paused'],
      [409, 'there is no spool', 'there is no spool'],
      [200, '{}', 'this is not the answer of Sprayproxy'],
    ] as const;
    const server = createServer((request, response) => {
      const { authorization, 'content-type': type } = request.headers;
      const [status, body] = answers[asked.length] ?? answers[0];
      asked.push([request.method, request.url, authorization, type]);
      response.writeHead(status).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onCleanup(() => {
      server.close();
      server.closeAllConnections();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(dir.path, 'token');
    writeFileSync(file, 'hunter2\n');
    for (const [, , reason] of answers) {
      expect(await run('resume', '--url', url, '--token-file', file, '--backend', 'http://a')).toEqual({
        code: 1,
        out: '',
        err: `sprayproxy deliveries: ${reason}\n`,
      });
    }
    expect(asked).toEqual(answers.map(() => ['DELETE', PATH, 'Bearer hunter2', 'application/json']));
  });
});

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { BackendServer } from './support/backend-server.js';
import { type BootedSprayproxy, bootSprayproxy } from './support/boot.js';
import { sharedByTests } from './support/cleanup.js';
import { scrape } from './support/metrics.js';
import { head, RawConnection } from './support/raw-connection.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';

const REBINDING = join(__dirname, 'fixtures/rebinding-dns.js');
const TEXT = 'text/plain; charset=utf-8';
const ENABLED = {
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
};

/** Whatever process it is in. */
type Served = Pick<BootedSprayproxy, 'url'>;

const call = (
  { url }: Served,
  method: string,
  body?: string | Buffer,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/x-www-form-urlencoded' },
) =>
  send(url, {
    method,
    path: '/backends',
    headers: { ...headers, ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }) },
    ...(body !== undefined && { body }),
  });

const json = (url: unknown) => JSON.stringify({ url });
const register = (running: Served, url: unknown) => call(running, 'POST', json(url));
const unregister = (running: Served, url: unknown) => call(running, 'DELETE', json(url));
const listed = async (running: Served) => (await call(running, 'GET')).text;

it('says in the log who has registered and unregistered what', async () => {
  const running = await bootSprayproxy({ env: ENABLED });
  const headers = { 'X-Remote-User': 'system:serviceaccount:qe:bob' };
  const url = 'https://pac.apps.example.com';
  await call(running, 'POST', json(url), headers);
  await call(running, 'DELETE', json(url), headers);
  for (const msg of ['backend registered', 'backend unregistered']) {
    expect(await running.program.logged(msg)).toMatchObject({ backend: url, user: headers['X-Remote-User'] });
  }
});

describe("QE's clients", () => {
  it.each([['application/json; charset=utf-8'], ['application/x-www-form-urlencoded'], ['text/plain']])(
    'register, list and unregister with content type %s on every verb',
    async (type) => {
      const running = await bootSprayproxy({ env: ENABLED });
      const headers = { 'Content-Type': type, Authorization: 'Bearer consumed-by-the-proxy' };
      const url = 'https://pac.apps.example.com';

      expect(await call(running, 'GET', undefined, headers)).toMatchObject({
        status: 200,
        text: 'Backend urls: ',
        headers: { 'content-type': TEXT },
      });
      expect(await call(running, 'POST', json(url), headers)).toMatchObject({
        status: 200,
        text: 'registered the backend server',
        headers: { 'content-type': TEXT },
      });
      const again = await call(running, 'POST', json(url), headers);
      expect(again).toMatchObject({ status: 302, text: 'backend server already registered' });
      expect(again.headers).toMatchObject({ 'content-type': TEXT });
      expect(again.headers).not.toHaveProperty('location');
      expect(await call(running, 'POST', json('https://other.example.com'), headers)).toMatchObject({
        status: 200,
      });
      expect((await call(running, 'GET', undefined, headers)).text).toBe(
        'Backend urls: https://pac.apps.example.com, https://other.example.com',
      );
      expect(await call(running, 'DELETE', json(url), headers)).toMatchObject({
        status: 200,
        text: 'backend server unregistered',
        headers: { 'content-type': TEXT },
      });
      expect(await call(running, 'DELETE', json(url), headers)).toMatchObject({
        status: 404,
        text: 'backend server not found in the list',
        headers: { 'content-type': TEXT },
      });
      expect(await listed(running)).toBe('Backend urls: https://other.example.com');
    },
  );

  it('get JSON where they prefer it', async () => {
    const running = await bootSprayproxy({ backends: ['http://static.example.com/base/'], env: ENABLED });
    await register(running, 'https://qe.example.com');
    for (const accept of [
      'application/json',
      'application/json; charset=utf-8',
      'application/json, text/plain;q=0.5',
      'application/*',
      'APPLICATION/JSON',
      'application/json, */*;q=0.1',
      'application/*;q=0.9, text/plain;q=0.1',
      'text/plain;q=0, application/json;q=0.1',
      'application/json, text/plain, */*',
    ]) {
      const { headers, text } = await call(running, 'GET', undefined, { Accept: accept });
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(JSON.parse(text)).toEqual({
        backends: [
          { url: 'http://static.example.com/base/', origin: 'static' },
          { url: 'https://qe.example.com', origin: 'registered' },
        ],
      });
    }
    for (const accept of [
      '',
      '*/*',
      'text/plain',
      'text/plain; charset=utf-8, application/json;q=0.9',
      'text/*;q=0.9, application/json;q=0.1',
      'application/json;q=0',
      'application/json;q=0, */*',
      'application/json;q=0.1, */*;q=0.5',
      'application/*;q=0',
      'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'image/png',
      'application/problem+json',
      'application/json;q=much',
      'json',
      '*',
      ',',
      ';;;=',
      `${'a'.repeat(2000)}/*`,
    ]) {
      const { headers, text } = await call(running, 'GET', undefined, { Accept: accept });
      expect({ accept, type: headers['content-type'] }).toEqual({ accept, type: TEXT });
      expect(text).toBe('Backend urls: http://static.example.com/base/, https://qe.example.com');
    }
  });
});

it('is not there unless it is enabled, whatever else is', async () => {
  const running = await bootSprayproxy({ env: { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'False' } });
  for (const method of ['GET', 'POST', 'DELETE']) {
    expect(
      await call(running, method, method === 'GET' ? undefined : json('https://a.example.com')),
    ).toMatchObject({
      status: 404,
      headers: { 'content-type': TEXT },
    });
  }
});

describe('a body', () => {
  const shared = sharedByTests(() => bootSprayproxy({ env: ENABLED }));

  it.each(['gzip', 'br', 'zstd', 'identity', 'nonsense'])(
    'is JSON as it comes, though it says it is encoded with %s',
    async (encoding) => {
      const running = shared();
      const headers = { 'Content-Encoding': encoding };
      const url = 'https://a.example.com';
      expect(await call(running, 'POST', gzipSync(json(url)), headers)).toMatchObject({
        status: 400,
        text: 'please provide a valid json body',
      });
      expect(await call(running, 'POST', json(url), headers)).toMatchObject({ status: 200 });
      expect(await call(running, 'DELETE', json(url), headers)).toMatchObject({ status: 200 });
    },
  );

  it('is asked for where it is held back', async () => {
    const running = shared();
    const body = json('https://a.example.com');
    for (const [method, text] of [
      ['POST', 'registered the backend server'],
      ['DELETE', 'backend server unregistered'],
    ] as const) {
      const connection = await RawConnection.open(running.port);
      connection.write(head(method, '/backends', { Expect: '100-continue', 'Content-Length': body.length }));
      await connection.receive(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
      connection.write(body);
      await connection.receive(new RegExp(`HTTP/1.1 200 OK[^]*${text}$`));
    }
  });

  it('may come in chunks', async () => {
    const running = shared();
    const headers = { 'Transfer-Encoding': 'chunked' };
    const body = json('https://a.example.com');
    expect(await send(running.url, { method: 'POST', path: '/backends', headers, body })).toMatchObject({
      status: 200,
    });
  });
});

describe('bad bodies', () => {
  const shared = sharedByTests(() =>
    bootSprayproxy({ env: { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: '1' } }),
  );
  afterEach(async () => {
    expect(await listed(shared())).toBe('Backend urls: ');
  });

  const noObject = [
    undefined,
    '',
    'url=https://a.example.com',
    '{"url":',
    'null',
    '"text"',
    '42',
    '[]',
    '[{"url":"https://a"}]',
    '\ufeff{"url":"https://a"}',
    '['.repeat(16_384),
  ];
  it.each(noObject)('answers 400 to %.60j, which is no JSON object', async (body) => {
    for (const method of ['POST', 'DELETE']) {
      expect(await call(shared(), method, body)).toMatchObject({
        status: 400,
        text: 'please provide a valid json body',
        headers: { 'content-type': TEXT },
      });
    }
  });

  it.each([
    ['{}', 'url is missing'],
    [json(''), 'url is missing'],
    [json(null), 'url must be a string'],
    [json(5), 'url must be a string'],
    [json(['https://a.example.com']), 'url must be a string'],
    [json('pac.example.com'), 'url is not a valid URL'],
    [json('https://a.example.com\nhttps://b.example.com'), 'url is not a valid URL'],
    [json(' https://a.example.com'), 'url is not a valid URL'],
    [json('ftp://a.example.com'), 'url must begin with http:// or https://'],
    [json('file:///etc/passwd'), 'url must begin with http:// or https://'],
    [json('https://user:secret@a.example.com'), 'url must not contain credentials'],
    [json('https://a.example.com/#x'), 'url must not contain a fragment'],
    [json('https://a.example.com/#'), 'url must not contain a fragment'],
    [json('https://a.example.com,https://b.example.com'), 'url must not contain a comma'],
    [json('https://a\u0000.example.com'), 'url is not a valid URL'],
    ['{"url":"https://a.example.com","url":null}', 'url must be a string'],
    ['{"__proto__":{"url":"https://a.example.com"}}', 'url is missing'],
    [json(`https://a.example.com/${'x'.repeat(2048)}`), 'url is longer than 2048 characters'],
  ])('answers 400 to %s with the reason', async (body, reason) => {
    for (const method of ['POST', 'DELETE']) {
      expect(await call(shared(), method, body)).toMatchObject({ status: 400, text: reason });
    }
  });

  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0x7f.0.0.1:8080',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'http://[::]',
    'http://169.254.169.254',
    'http://[fe80::1]',
    'http://224.0.0.1',
    'http://[ff02::1]',
    'http://localhost',
    'http://LocalHost:8080',
  ])('refuses %s, a local address', async (url) => {
    expect(await register(shared(), url)).toMatchObject({
      status: 400,
      text: 'url must not be at a loopback, link-local, unspecified or multicast address',
    });
  });

  it('answers 413 to a body that no URL needs', async () => {
    expect(await register(shared(), 'x'.repeat(20_000))).toMatchObject({
      status: 413,
      headers: { 'content-type': TEXT },
    });
  });
});

describe('addresses', () => {
  it('may be private, and names may not resolve yet', async () => {
    const running = await bootSprayproxy({ env: { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' } });
    for (const url of [
      'http://10.0.0.1',
      'http://192.168.1.1:8080',
      'http://[fd00::1]',
      'https://not-yet.invalid',
    ]) {
      expect({ url, ...(await register(running, url)) }).toMatchObject({ url, status: 200 });
    }
  });

  it('of a static backend are what the environment says', async () => {
    const backend = await BackendServer.start();
    const running = await bootSprayproxy({
      backends: [backend.url.replace('127.0.0.1', 'localhost')],
      env: { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' },
    });
    expect(await sendWebhook(running.url, '{}')).toMatchObject({ status: 200 });
  });
});

describe('identity', () => {
  const shared = sharedByTests(() => bootSprayproxy({ env: ENABLED }));

  it.each([
    ['https://a.example.com/'],
    ['HTTPS://A.Example.COM'],
    ['https://a.example.com:443'],
    ['https://a.example.com'],
  ])('is the same for https://a.example.com and %s', async (url) => {
    const running = shared();
    expect(await register(running, url)).toMatchObject({ status: 200 });
    expect(await listed(running)).toBe('Backend urls: https://a.example.com');
    expect(await register(running, 'https://a.example.com')).toMatchObject({ status: 302 });
    expect(await unregister(running, url)).toMatchObject({ status: 200 });
  });
});

describe('identity', () => {
  it('knows the backends of the environment, which can be removed too', async () => {
    const backend = await BackendServer.start();
    const running = await bootSprayproxy({ backends: [backend.url, `${backend.url}/`], env: ENABLED });
    expect(await listed(running)).toBe(`Backend urls: ${backend.url}`);
    expect(await register(running, backend.url)).toMatchObject({ status: 302 });
    expect(await unregister(running, backend.url)).toMatchObject({ status: 200 });
    expect(await sendWebhook(running.url, '{}')).toMatchObject({ status: 200 });
    expect(backend.received).toEqual([]);
  });
});

it('forwards to a backend from its registration to its removal, whose series then end', async () => {
  const backend = await BackendServer.start();
  const running = await bootSprayproxy({ env: ENABLED });
  await register(running, backend.url);
  await sendWebhook(running.url, '{"n":1}');
  const series = `sprayproxy_http_forwarded_requests_total{host="${backend.host}",error="none"}`;
  expect((await scrape(running.metricsUrl)).get(series)).toBe(1);
  expect((await scrape(running.metricsUrl)).get('sprayproxy_backends{origin="registered"}')).toBe(1);
  await unregister(running, backend.url);
  await sendWebhook(running.url, '{"n":2}');
  expect(backend.received.map(({ body }) => body.toString())).toEqual(['{"n":1}']);
  const names = [...(await scrape(running.metricsUrl)).keys()];
  expect(names.filter((name) => name.includes(backend.host))).toEqual([]);
});

it('lets an attempt under way finish when its backend is removed, and counts it no more', async () => {
  let answer: (() => void) | undefined;
  const backend = await BackendServer.start((_request, response) => {
    answer = () => response.writeHead(202).end();
  });
  const running = await bootSprayproxy({ env: ENABLED });
  await register(running, backend.url);
  const reply = sendWebhook(running.url, '{}');
  await backend.receive(1);
  await unregister(running, backend.url);
  answer?.();
  expect((await reply).status).toBe(200);
  const names = [...(await scrape(running.metricsUrl)).keys()];
  expect(names.filter((name) => name.includes(backend.host))).toEqual([]);
});

it('takes 256 registered backends and no more, also when all come at once', async () => {
  const running = await bootSprayproxy({ backends: ['https://static.example.com'], env: ENABLED });
  const urls = Array.from({ length: 257 }, (_, index) => `https://b${index}.example.com`);
  const replies = await Promise.all([...urls, ...urls].map((url) => register(running, url)));
  const statuses = replies.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(256);
  expect(replies.find(({ status }) => status === 400)?.text).toBe(
    'there are 256 registered backends already; unregister one first',
  );
  expect(new Set(statuses)).toEqual(new Set([200, 302, 400]));
  expect((await listed(running)).split(',')).toHaveLength(257);
  const registeredOne = urls[statuses.indexOf(200)];
  expect(await unregister(running, registeredOne)).toMatchObject({ status: 200 });
  expect(await register(running, 'https://one-more.example.com')).toMatchObject({ status: 200 });
});

describe('the built program', () => {
  it('looks at the addresses of a registered backend again when it connects to it', async () => {
    const backend = await BackendServer.start();
    const { port } = new URL(backend.url);
    const running = await startSprayproxy({
      env: { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true', NODE_OPTIONS: `--require ${REBINDING}` },
    });
    expect(await register(running, `http://rebinding.example:${port}`)).toMatchObject({ status: 200 });
    expect(await sendWebhook(running.url, '{}')).toMatchObject({ status: 502 });
    const line = await running.program.logged('delivery failed at a backend');
    expect(line.backends).toMatchObject([
      { outcome: 'refused', error: expect.stringContaining('local address') as string },
    ]);
    expect(backend.received).toEqual([]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';

import { BackendServer, type Reaction } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup, sharedByTests } from './support/cleanup.js';
import { scrape } from './support/metrics.js';
import { head, RawConnection } from './support/raw-connection.js';
import { githubHeaders, send, sendWebhook, sign } from './support/send-webhook.js';
import { type RunningSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';

const TEXT = 'text/plain; charset=utf-8';
const PAYLOAD = '{"zen":"Keep it logically awesome."}';
const CAP = 26_214_400;

/** The program, and a backend that takes everything unless it is told to do something else. */
async function start(...reactions: Reaction[]) {
  const backend = await BackendServer.start(...reactions);
  return { backend, running: await bootSprayproxy({ backends: [backend.url] }) };
}

describe('routes', () => {
  const shared = sharedByTests(start);

  it.each(['/', '/proxy', '/healthz', '/proxy?probe=1'])('answers GET %s with 200 healthy', async (path) => {
    const { url } = shared().running;
    const reply = await send(url, { method: 'GET', path });
    expect(reply).toMatchObject({ status: 200, text: 'healthy', headers: { 'content-type': TEXT } });
    const toHead = await send(url, { method: 'HEAD', path });
    expect(toHead).toMatchObject({ status: 200, text: '', headers: { 'content-type': TEXT } });
    expect(reply.headers).not.toHaveProperty('x-powered-by');
    expect(reply.headers).not.toHaveProperty('etag');
  });

  it('answers 404 to everything else, and forwards none of it', async () => {
    const { backend, running } = shared();
    const { url, metricsUrl } = running;
    const requests = [
      ...[
        '/Proxy',
        '/PROXY',
        '/proxy/',
        '//proxy',
        '/proxy/..',
        '/proxy/x',
        '/./proxy',
        '/%70roxy',
        '/%ff',
        '/%zz',
        '/proxy#',
        '/proxy%20',
        '/proxy;x',
        '*',
        '//',
        '/metrics',
      ].map((path) => ({ method: 'POST', path })),
      ...['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({ method, path: '/proxy' })),
      ...['OPTIONS', 'PUT'].map((method) => ({ method, path: '/' })),
      { method: 'POST', path: '/healthz' },
      ...['GET', 'HEAD', 'POST', 'DELETE'].map((method) => ({ method, path: '/backends' })),
      { method: 'HEAD', path: '/x' },
      ...['/metrics', '/healthz/', '/Healthz', '/backends/', '/x'].map((path) => ({ method: 'GET', path })),
    ];
    for (const request of requests) {
      const { status, headers } = await send(url, {
        ...request,
        headers: { ...githubHeaders(PAYLOAD), 'Content-Length': PAYLOAD.length },
        body: PAYLOAD,
      });
      expect({ ...request, status, type: headers['content-type'] }).toEqual({
        ...request,
        status: 404,
        type: TEXT,
      });
    }
    expect(backend.received).toEqual([]);
    expect((await scrape(metricsUrl)).get('sprayproxy_http_inbound_requests_total')).toBe(0);
  });
});

describe('signature', () => {
  const shared = sharedByTests(start);

  beforeEach(() => {
    shared().backend.received.length = 0;
  });

  it("accepts GitHub's test vector", async () => {
    const { url } = shared().running;
    const reply = await sendWebhook(url, 'Hello, World!', {
      headers: {
        'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      },
    });
    expect(reply).toMatchObject({ status: 200, text: 'proxied', headers: { 'content-type': TEXT } });
    expect(shared().backend.received[0]?.body.toString()).toBe('Hello, World!');
  });

  const hex = sign(PAYLOAD).slice('sha256='.length);
  it.each([
    ['empty', ''],
    ['malformed', 'sha256=xyz'],
    ['without its prefix', hex],
    ['too short', `sha256=${hex.slice(1)}`],
    ['too long', `sha256=${hex}0`],
    ['of another case', sign(PAYLOAD).replace('sha256', 'SHA256')],
    ['of another algorithm', `sha1=${hex.slice(0, 40)}`],
    ['wrong', `sha256=${'0'.repeat(64)}`],
    ['made with another secret', sign(PAYLOAD, 'another secret')],
    ['right for other bytes', sign(`${PAYLOAD} `)],
    ['repeated', [sign(PAYLOAD), sign(PAYLOAD)]],
  ])('answers 400 to a signature that is %s', async (_kind, signature) => {
    const { url, metricsUrl } = shared().running;
    const before = await scrape(metricsUrl);
    const reply = await sendWebhook(url, PAYLOAD, { headers: { 'X-Hub-Signature-256': signature } });
    expect(reply).toMatchObject({ status: 400, text: 'bad request', headers: { 'content-type': TEXT } });
    expect(shared().backend.received).toEqual([]);
    const metrics = await scrape(metricsUrl);
    for (const name of [
      'sprayproxy_webhooks_rejected_total{reason="signature"}',
      'sprayproxy_http_inbound_requests_total',
    ]) {
      expect(metrics.get(name)).toBe((before.get(name) ?? 0) + 1);
    }
  });

  it('answers 400 to a webhook that has only a SHA-1 signature, before its payload is sent', async () => {
    const { port } = shared().running;
    const headers = Object.entries(githubHeaders(PAYLOAD)).filter(([name]) => name !== 'X-Hub-Signature-256');
    const connection = await RawConnection.open(port);
    connection.write(head('POST', '/proxy', { ...Object.fromEntries(headers), 'Content-Length': 1000 }));
    expect(await connection.receive(/bad request$/)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('keeps the secret out of its own answers', async () => {
    const reply = await sendWebhook(shared().running.url, 'x', {
      headers: { 'X-Hub-Signature-256': 'sha256=0' },
    });
    expect(JSON.stringify(reply)).not.toContain(SECRET);
  });

  it('never parses the payload, whatever its content type says', async () => {
    const { url } = shared().running;
    const types = [
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'nonsense',
      '',
    ];
    for (const [index, type] of types.entries()) {
      const payload = '{"not json": %zz&=';
      expect(await sendWebhook(url, payload, { headers: { 'Content-Type': type } })).toMatchObject({
        status: 200,
      });
      expect(shared().backend.received[index]?.body.toString()).toBe(payload);
    }
    const compressed = await sendWebhook(url, PAYLOAD, { headers: { 'Content-Encoding': 'gzip' } });
    expect(compressed.status).toBe(200);
    expect(shared().backend.received.at(-1)).toMatchObject({
      headers: { 'content-encoding': 'gzip' },
      body: Buffer.from(PAYLOAD),
    });
  });
});

describe('size', () => {
  const shared = sharedByTests(start);

  beforeEach(() => {
    shared().backend.received.length = 0;
  });

  it.each([
    [CAP - 1, 200],
    [CAP, 200],
    [CAP + 1, 413],
  ])('answers a payload of %i bytes with %i', async (bytes, status) => {
    const { url } = shared().running;
    const payload = Buffer.alloc(bytes, 'sprayproxy');
    const declared = await sendWebhook(url, payload);
    expect(declared.status).toBe(status);
    const chunked = await send(url, {
      method: 'POST',
      path: '/proxy',
      headers: { ...githubHeaders(payload), 'Transfer-Encoding': 'chunked' },
      body: payload,
    });
    expect(chunked.status).toBe(status);
    for (const reply of [declared, chunked]) {
      expect(reply.text).toBe(status === 200 ? 'proxied' : 'request body too large');
      expect(reply.headers['content-type']).toBe(TEXT);
    }
    expect(shared().backend.received.map(({ body }) => body.equals(payload))).toEqual(
      status === 200 ? [true, true] : [],
    );
  });

  it('answers 413 to a declared length over the cap before the payload is sent', async () => {
    const connection = await RawConnection.open(shared().running.port);
    connection.write(head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Content-Length': CAP + 1 }));
    expect(await connection.receive(/too large$/)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('asks for the payload with 100 Continue only if it wants it', async () => {
    const { port } = shared().running;
    const wanted = await RawConnection.open(port);
    const headers = { ...githubHeaders(PAYLOAD), Expect: '100-continue' };
    wanted.write(head('POST', '/proxy', { ...headers, 'Content-Length': PAYLOAD.length }));
    await wanted.receive(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    wanted.write(PAYLOAD);
    await wanted.receive(/\r\n\r\nHTTP\/1.1 200 OK[^]*proxied$/);

    const old = await RawConnection.open(port);
    const again = { ...githubHeaders(PAYLOAD), Expect: '100-continue' };
    const request = head('POST', '/proxy', { ...again, 'Content-Length': PAYLOAD.length });
    old.write(request.replace('HTTP/1.1', 'HTTP/1.0') + PAYLOAD);
    await old.receive(/^HTTP\/1.1 200 OK[^]*proxied$/);

    const unwanted = await RawConnection.open(port);
    unwanted.write(head('POST', '/proxy', { ...headers, 'Content-Length': CAP + 1 }));
    expect(await unwanted.receive(/too large$/)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('never takes more for the payload than was declared', async () => {
    const connection = await RawConnection.open(shared().running.port);
    connection.write(head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Content-Length': PAYLOAD.length }));
    connection.write(`${PAYLOAD}and more`);
    // What follows is taken for the next request, which it is not.
    await connection.receive(/HTTP\/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close/);
    await shared().backend.receive(1);
    expect(shared().backend.received.map(({ body }) => body.toString())).toEqual([PAYLOAD]);
  });
});

it('the signature is not verified when told so', async () => {
  const backend = await BackendServer.start();
  const { url } = await bootSprayproxy({
    backends: [backend.url],
    env: { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true', GH_APP_WEBHOOK_SECRET: '' },
  });
  const reply = await send(url, { method: 'POST', path: '/', body: PAYLOAD });
  expect(reply).toMatchObject({ status: 200, text: 'proxied' });
  expect(backend.received[0]?.body.toString()).toBe(PAYLOAD);
});

describe('a configured cap of 10 bytes', () => {
  const shared = sharedByTests(() => bootSprayproxy({ env: { SPRAYPROXY_MAX_REQUEST_SIZE: '10' } }));

  it.each([
    [9, 200],
    [10, 200],
    [11, 413],
  ])('is held against %i with %i', async (bytes, status) => {
    const { url, metricsUrl } = shared();
    const rejected = async () =>
      (await scrape(metricsUrl)).get('sprayproxy_webhooks_rejected_total{reason="size"}') ?? NaN;
    const before = await rejected();
    expect((await sendWebhook(url, 'x'.repeat(bytes))).status).toBe(status);
    expect((await rejected()) - before).toBe(status === 200 ? 0 : 1);
  });

  it('is answered with 413 as soon as a chunked payload crosses it, though that does not end', async () => {
    const connection = await RawConnection.open(shared().port);
    connection.write(head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Transfer-Encoding': 'chunked' }));
    connection.write('8\r\n12345678\r\n');
    connection.write('8\r\n12345678\r\n');
    expect(await connection.receive(/too large$/)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('lets a sender that is still sending see its 413', async () => {
    const { url } = shared();
    const payload = Buffer.alloc(5_000_000);
    const agent = new Agent({ keepAlive: true });
    onCleanup(() => {
      agent.destroy();
    });
    for (const headers of [{ 'Content-Length': payload.length }, { 'Transfer-Encoding': 'chunked' }]) {
      const all = { ...githubHeaders(payload), ...headers };
      const closing = await send(url, { method: 'POST', path: '/proxy', headers: all, body: payload });
      const kept = await send(url, { method: 'POST', path: '/proxy', headers: all, body: payload, agent });
      expect([closing.status, kept.status]).toEqual([413, 413]);
    }
  });
});

describe('memory', () => {
  /** Largest part of the process that was in memory at a time, in MiB. */
  const peakMib = ({ program }: RunningSprayproxy) => {
    const status = readFileSync(`/proc/${program.process.pid ?? 0}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  // Only Linux tells.
  const onLinux = existsSync('/proc/self/status') ? it : it.skip;

  onLinux('of a pod, 384 MiB, is enough for ten payloads of the largest size at once', async () => {
    const backend = await BackendServer.start();
    const running = await startSprayproxy({ backends: [backend.url] });
    const payload = Buffer.alloc(CAP);
    // On a busy machine some find no room within 5 s: they come again, as a redelivery would.
    const sendUntilTaken = async () => {
      const headers = { ...githubHeaders(payload), 'Transfer-Encoding': 'chunked' };
      const chunked = { method: 'POST', path: '/proxy', headers, body: payload };
      for (;;) {
        const { status, headers: answered } = await send(running.url, chunked);
        if (status === 200) return;
        expect([status, answered['retry-after']]).toEqual([503, '10']);
      }
    };
    await Promise.all(Array.from({ length: 10 }, sendUntilTaken));
    expect(backend.received).toHaveLength(10);
    expect(peakMib(running)).toBeLessThan(384);
  });

  onLinux('is given back after the answer, though the sender keeps its connection open', async () => {
    const backend = await BackendServer.start();
    const running = await startSprayproxy({ backends: [backend.url] });
    const payload = Buffer.alloc(CAP);
    for (let n = 1; n <= 16; n += 1) {
      const connection = await RawConnection.open(running.port);
      connection.write(head('POST', '/proxy', { ...githubHeaders(payload), 'Content-Length': String(CAP) }));
      connection.write(payload);
      await connection.receive(/proxied$/);
    }
    expect(backend.received).toHaveLength(16);
    expect(peakMib(running)).toBeLessThan(384);
  });

  onLinux('is taken by the bytes of a payload, not by the number of its chunks', async () => {
    // It is memory that is looked at: a busy machine may take its time.
    const running = await startSprayproxy({ env: { SPRAYPROXY_SERVER_READ_TIMEOUT: '10m' } });
    const connection = await RawConnection.open(running.port);
    const signature = sign('x'.repeat(1_500_000));
    connection.write(
      head('POST', '/proxy', { 'X-Hub-Signature-256': signature, 'Transfer-Encoding': 'chunked' }),
    );
    connection.write(`${'1\r\nx\r\n'.repeat(1_500_000)}0\r\n\r\n`);
    await connection.receive(/proxied$/);
    expect(peakMib(running)).toBeLessThan(300);
  });
});

describe('a connection', () => {
  const answers: (() => void)[] = [];
  let held = false;
  const shared = sharedByTests(() =>
    start((_request, response) => {
      const answer = () => response.writeHead(202).end();
      if (held) answers.push(answer);
      else answer();
    }),
  );

  beforeEach(() => {
    held = false;
    shared().backend.received.length = 0;
  });

  const signed = (payload: string) =>
    head('POST', '/proxy', {
      'X-Hub-Signature-256': sign(payload),
      'Content-Length': payload.length,
    }) + payload;

  it('may bring webhooks one behind the other, which are answered in turn', async () => {
    const connection = await RawConnection.open(shared().running.port);
    connection.write(signed('{"n":1}') + signed('{"n":2}'));
    await connection.receive(/200 OK[^]*proxied[^]*200 OK[^]*proxied$/);
    expect(
      shared()
        .backend.received.map(({ body }) => body.toString())
        .sort(),
    ).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('that is closed with an answer brings no more webhooks', async () => {
    const { port, metricsUrl } = shared().running;
    const inbound = async () =>
      (await scrape(metricsUrl)).get('sprayproxy_http_inbound_requests_total') ?? NaN;
    const before = await inbound();
    const connection = await RawConnection.open(port);
    connection.write(signed('{"n":1}').replace('sha256=', 'sha256=0') + signed('{"n":2}'));
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1.1 400 [^]*Connection: close[^]*bad request$/);
    expect(shared().backend.received).toEqual([]);
    expect((await inbound()) - before).toBe(1);
  });

  it('that ends before its webhooks are answered leaves nothing in flight', async () => {
    held = true;
    const { port, metricsUrl } = shared().running;
    const connection = await RawConnection.open(port);
    connection.write(signed('{"n":1}') + signed('{"n":2}'));
    await shared().backend.receive(1);
    connection.socket.destroy();
    await connection.closed;
    // It has ended its half, and might still listen: so the second one may be served.
    held = false;
    for (const answer of answers) answer();
    const left = async (name: string) => (await scrape(metricsUrl)).get(name);
    while ((await left('sprayproxy_webhooks_in_flight')) !== 0) await turn();
    expect(await left('sprayproxy_inflight_payload_bytes')).toBe(0);
  });

  it.each([
    ['both lengths', { 'Content-Length': 7, 'Transfer-Encoding': 'chunked' }],
    ['two lengths', { 'Content-Length': 7, 'content-length': 8 }],
    ['a list of lengths', { 'Content-Length': '7, 7' }],
    ['a signed length', { 'Content-Length': '+7' }],
    ['a negative length', { 'Content-Length': '-1' }],
    ['an unknown transfer encoding', { 'Transfer-Encoding': 'xchunked' }],
  ])('that brings a webhook with %s is closed with 400', async (_what, headers) => {
    const connection = await RawConnection.open(shared().running.port);
    connection.write(`${head('POST', '/proxy', { ...githubHeaders('{"n":1}'), ...headers })}{"n":1}`);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1.1 400 /);
    expect(shared().backend.received).toEqual([]);
  });
});

describe('a sender that gives up', () => {
  it('is told 408 when its payload stops half way', async () => {
    const { port, program, metricsUrl } = await bootSprayproxy({
      env: { SPRAYPROXY_SERVER_READ_TIMEOUT: '200ms' },
    });
    const connection = await RawConnection.open(port);
    connection.write(head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Content-Length': PAYLOAD.length }));
    connection.write(PAYLOAD.slice(0, 10));
    expect(await connection.receive(/request timeout$/)).toMatch(/^HTTP\/1.1 408 /);
    expect(await program.logged('webhook rejected')).toMatchObject({ reason: 'timeout', status: 408 });
    const metrics = await scrape(metricsUrl);
    expect(metrics.get('sprayproxy_webhooks_rejected_total{reason="timeout"}')).toBe(1);
    await connection.closed;
  });

  it('costs nothing when it hangs up, and is not taken for too large', async () => {
    const { port, program, metricsUrl } = await bootSprayproxy();
    const connection = await RawConnection.open(port);
    connection.write(head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Content-Length': CAP }));
    connection.write('x'.repeat(100_000));
    await turn();
    connection.socket.destroy();
    expect(await program.logged('webhook rejected')).toMatchObject({ reason: 'aborted' });
    const metrics = await scrape(metricsUrl);
    expect(metrics.get('sprayproxy_webhooks_rejected_total{reason="aborted"}')).toBe(1);
    expect(metrics.get('sprayproxy_webhooks_rejected_total{reason="size"}')).toBe(0);
    expect(metrics.get('sprayproxy_inflight_payload_bytes')).toBe(0);
    expect(metrics.get('sprayproxy_webhooks_in_flight')).toBe(0);
  });

  it('does not keep the backends from their webhook once it has come in whole', async () => {
    let answer: (() => void) | undefined;
    const slow = await BackendServer.start((_request, response) => {
      answer = () => response.writeHead(202).end();
    });
    const { port, program } = await bootSprayproxy({ backends: [slow.url] });
    const connection = await RawConnection.open(port);
    connection.write(
      head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Content-Length': PAYLOAD.length }) + PAYLOAD,
    );
    await slow.receive(1);
    connection.socket.destroy();
    await connection.closed;
    answer?.();
    const { backends } = await program.logged('delivery proxied');
    expect(backends).toMatchObject([{ host: slow.host, outcome: 'accepted', status: 202 }]);
  });
});

it('answers 503 with Retry-After when there is no room for a payload, and finds room again', async () => {
  const held: (() => void)[] = [];
  const backend = await BackendServer.start((_request, response) => {
    held.push(() => response.writeHead(202).end());
  });
  const { url, metricsUrl } = await bootSprayproxy({
    backends: [backend.url],
    env: { SPRAYPROXY_MAX_REQUEST_SIZE: '1000', SPRAYPROXY_MAX_INFLIGHT_BYTES: '1000' },
  });
  const first = sendWebhook(url, 'x'.repeat(600));
  await backend.receive(1);
  const second = await sendWebhook(url, 'x'.repeat(600));
  expect(second).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
  expect((await scrape(metricsUrl)).get('sprayproxy_webhooks_rejected_total{reason="overload"}')).toBe(1);
  const third = sendWebhook(url, 'x'.repeat(700));
  held[0]?.();
  expect((await first).status).toBe(200);
  await backend.receive(2);
  held[1]?.();
  expect((await third).status).toBe(200);
  expect((await scrape(metricsUrl)).get('sprayproxy_inflight_payload_bytes')).toBe(0);
});

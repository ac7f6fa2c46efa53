import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';

import { examples } from '../demo/github.js';
import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup, sharedByTests } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { FakeClock } from './support/fake-clock.js';
import { scrape, scrapeUntil } from './support/metrics.js';
import { githubHeaders, send, sendWebhook } from './support/send-webhook.js';
import { type LogLine, SECRET, startSprayproxy } from './support/start-sprayproxy.js';

const PAYLOAD = '{"zen":"Responsive is better than fast."}';

/** A backend that speaks as `talk` does, byte by byte. */
async function startRawBackend(
  talk: (socket: Socket) => void,
): Promise<{ url: string; connections: Socket[]; asked: Promise<unknown> }> {
  const connections: Socket[] = [];
  const requests = new EventEmitter();
  const asked = once(requests, 'data');
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
    talk(socket);
    socket.once('data', () => requests.emit('data'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    for (const socket of connections) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections, asked };
}

const attempts = (line: LogLine) => line.backends as readonly Readonly<Record<string, unknown>>[];

describe('what a backend gets', () => {
  it.each([
    ['', '/proxy', '/'],
    ['', '/', '/'],
    ['', '/proxy?a=1&b=%2F%20+&a=2', '/?a=1&b=%2F%20+&a=2'],
    ['/', '/?x', '/?x'],
    ['/base', '/proxy', '/base'],
    ['/base/', '/proxy?x=1', '/base/?x=1'],
    ['/a/b?token=1', '/proxy?x=1', '/a/b?token=1&x=1'],
    ['?token=1', '/proxy', '/?token=1'],
    ['', '/proxy?', '/'],
    ['', '/proxy?a=%zz&&b=?#c', '/?a=%zz&&b=?#c'],
    ['', `/proxy?'"<>{}|\\^\``, `/?'"<>{}|\\^\``],
    ['', 'http://sprayproxy/proxy?x=1', '/?x=1'],
  ])('goes to %s with %s as %s', async (base, path, target) => {
    const backend = await BackendServer.start();
    const { url } = await bootSprayproxy({ backends: [backend.url + base] });
    expect((await sendWebhook(url, PAYLOAD, { path })).status).toBe(200);
    expect(backend.received).toMatchObject([{ method: 'POST', target }]);
  });

  it('has all end-to-end headers as they came and none of the others', async () => {
    const backend = await BackendServer.start();
    const { url } = await bootSprayproxy({ backends: [backend.url] });
    const kept = {
      'X-GitHub-Enterprise-Host': 'github.example.com',
      'x-lower': 'lower',
      'X-Twice': ['one', 'two'],
      'X-Latin': 'caf\u00e9',
      'X-Request-Id': 'from-the-client',
      'X-Forwarded-For': '192.0.2.1',
      Via: '1.1 router',
    };
    const dropped = {
      Authorization: 'Bearer secret-token',
      Cookie: 'session=1',
      Connection: 'close, X-Named, X-Hub-Signature-256, content-type',
      'X-Named': 'hop',
      'Keep-Alive': 'timeout=5',
      'Proxy-Authorization': 'Basic x',
      'Proxy-Connection': 'keep-alive',
      TE: 'trailers',
      'X-Remote-User': 'system:admin',
      'X-Remote-Group': 'system:masters',
    };
    await sendWebhook(url, PAYLOAD, { headers: { ...kept, ...dropped } });
    const raw = backend.received[0]?.rawHeaders ?? [];
    const names = raw.filter((_, index) => index % 2 === 0);
    const { Accept, ...github } = githubHeaders(PAYLOAD);
    expect(names.map((name) => name.toLowerCase()).sort()).toEqual(
      [
        ...Object.keys({ ...github, Accept, ...kept }).map((name) => name.toLowerCase()),
        'x-twice',
        'connection',
        'content-length',
        'host',
      ].sort(),
    );
    expect(names).toContain('x-lower');
    expect(backend.received[0]?.headers).toMatchObject({
      host: backend.host,
      connection: 'keep-alive',
      'content-length': String(PAYLOAD.length),
      'x-twice': 'one, two',
      'x-latin': 'caf\u00e9',
    });
  });

  it('has every header, however many there are', async () => {
    const backend = await BackendServer.start();
    backend.server.maxHeadersCount = 0;
    const { url } = await bootSprayproxy({ backends: [backend.url] });
    const many = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`x${n}`, '']));
    await sendWebhook(url, PAYLOAD, { headers: many });
    const names = Object.keys(backend.received[0]?.headers ?? {});
    expect(names.filter((name) => /^x\d/.test(name))).toEqual(Object.keys(many));
  });

  it('is an empty payload too', async () => {
    const backend = await BackendServer.start();
    const { url } = await bootSprayproxy({ backends: [backend.url] });
    expect((await sendWebhook(url, '')).status).toBe(200);
    expect(backend.received).toMatchObject([{ body: Buffer.alloc(0), headers: { 'content-length': '0' } }]);
  });
});

describe('the answer to GitHub', () => {
  const shared = sharedByTests(async () => {
    const script = { status: 202 };
    const elsewhere = await BackendServer.start();
    const backend = await BackendServer.start((_request, response) => {
      const { status } = script;
      response.writeHead(status, status < 400 && status >= 300 ? { Location: elsewhere.url } : {}).end();
    });
    const healthy = await BackendServer.start();
    const running = await bootSprayproxy({ backends: [backend.url, healthy.url] });
    return { ...running, script, backend, healthy, elsewhere };
  });

  it.each([
    [200, 'accepted', 200],
    [202, 'accepted', 200],
    [204, 'accepted', 200],
    [299, 'accepted', 200],
    [400, 'rejected', 200],
    [402, 'rejected', 200],
    [406, 'rejected', 200],
    [410, 'rejected', 200],
    [413, 'rejected', 200],
    [415, 'rejected', 200],
    [422, 'rejected', 200],
    [401, 'refused', 502],
    [403, 'refused', 502],
    [404, 'refused', 502],
    [405, 'refused', 502],
    [407, 'refused', 502],
    [421, 'refused', 502],
    [301, 'refused', 502],
    [302, 'refused', 502],
    [307, 'refused', 502],
    [308, 'refused', 502],
    [408, 'refused', 502],
    [425, 'refused', 502],
    [429, 'refused', 502],
    [503, 'refused', 502],
    [500, 'unknown', 502],
    [502, 'unknown', 502],
    [504, 'unknown', 502],
    [599, 'unknown', 502],
  ])('to a backend that answers %i, %s, is %i', async (status, outcome, answer) => {
    const { url, program, backend, healthy, elsewhere, script } = shared();
    script.status = status;
    const guid = randomUUID();
    const reply = await sendWebhook(url, PAYLOAD, { guid });
    expect(reply).toMatchObject({ status: answer, text: answer === 200 ? 'proxied' : 'failed to proxy' });
    expect(attempts(await program.delivery(guid))).toMatchObject([
      { host: backend.host, outcome, status },
      { host: healthy.host, outcome: 'accepted', status: 202 },
    ]);
    const received = [backend, healthy, elsewhere].map((each) => each.received.splice(0).length);
    expect(received).toEqual([1, 1, 0]);
  });
});

describe('the answer to GitHub', () => {
  it('is 200, with a warning in the log, if there is no backend', async () => {
    const { url, program } = await bootSprayproxy();
    const guid = randomUUID();
    expect(await sendWebhook(url, PAYLOAD, { guid })).toMatchObject({ status: 200, text: 'proxied' });
    expect(await program.delivery(guid)).toMatchObject({ level: 'warn', backends: [] });
  });

  it('waits for all backends at once, not for one after another', async () => {
    const waiting = new Set<() => void>();
    // Each backend answers when all three have the webhook: one after another would never end.
    const together = (_request: unknown, response: { writeHead(status: number): { end(): unknown } }) => {
      waiting.add(() => response.writeHead(202).end());
      if (waiting.size === 3) for (const answer of waiting) answer();
    };
    const backends = [
      await BackendServer.start(together),
      await BackendServer.start(together),
      await BackendServer.start(together),
    ];
    const { url } = await bootSprayproxy({ backends: backends.map((backend) => backend.url) });
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
  });
});

describe('a backend in trouble', () => {
  const cases: [string, string, () => Promise<{ url: string; asked?: Promise<unknown> }>][] = [
    ['does not listen', 'refused', async () => ({ url: `http://127.0.0.1:${await closedPort()}` })],
    [
      'has a name that does not resolve',
      'refused',
      () => Promise.resolve({ url: 'http://does-not-exist.invalid' }),
    ],
    [
      'speaks no TLS where it should',
      'refused',
      async () => {
        const { url } = await startRawBackend((socket) => socket.end('hello\r\n'));
        return { url: url.replace('http:', 'https:') };
      },
    ],
    [
      'resets the connection',
      'unknown',
      () => startRawBackend((socket) => socket.once('data', () => socket.resetAndDestroy())),
    ],
    [
      'closes without an answer',
      'unknown',
      () => startRawBackend((socket) => socket.once('data', () => socket.end())),
    ],
    ['hangs', 'unknown', () => startRawBackend((socket) => socket.resume())],
    [
      'does not speak HTTP',
      'unknown',
      () => startRawBackend((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))),
    ],
    [
      'sends half a header and hangs',
      'unknown',
      () => startRawBackend((socket) => socket.once('data', () => socket.write('HTTP/1.1 202 Acc'))),
    ],
    [
      'says 100 Continue and nothing more',
      'unknown',
      () =>
        startRawBackend((socket) => socket.once('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'))),
    ],
    [
      'switches protocols',
      'unknown',
      () =>
        startRawBackend((socket) =>
          socket.once('data', () =>
            socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
          ),
        ),
    ],
  ];
  it.each(cases)('that %s has outcome %s, and the others have theirs', async (_trouble, outcome, start) => {
    const troubled = await start();
    const healthy = [await BackendServer.start(), await BackendServer.start()];
    const clock = new FakeClock();
    const { url, program, metricsUrl } = await bootSprayproxy({
      backends: [troubled.url, ...healthy.map((backend) => backend.url)],
      env: { SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: '9s' },
      clock,
    });
    const guid = randomUUID();
    const answered = sendWebhook(url, PAYLOAD, { guid });
    await scrapeUntil(metricsUrl, 'sprayproxy_http_response_time_duration_seconds_count', 2);
    await troubled.asked;
    clock.pass(9000);
    const reply = await answered;
    expect(reply).toMatchObject({ status: 502, text: 'failed to proxy' });
    const host = new URL(troubled.url).host;
    const [failed, ...rest] = attempts(await program.delivery(guid));
    expect(failed).toMatchObject({ host, outcome, error: expect.stringMatching(/./) as string });
    expect(rest).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    const metrics = await scrape(metricsUrl);
    expect(
      metrics.get(`sprayproxy_http_forwarded_requests_total{host="${host}",error="non-http-error"}`),
    ).toBe(1);
    expect(
      metrics.get(`sprayproxy_forward_attempt_duration_seconds_count{host="${host}",outcome="${outcome}"}`),
    ).toBe(1);
    expect(metrics.get('sprayproxy_http_response_time_duration_seconds_count')).toBe(2);
  });

  it('that hangs does not hold up the others', async () => {
    const hung = await startRawBackend((socket) => socket.resume());
    const healthy = [await BackendServer.start(), await BackendServer.start()];
    const { url } = await bootSprayproxy({ backends: [hung.url, ...healthy.map((backend) => backend.url)] });
    // Its own 15 s have not passed when the others have theirs: nobody waits for the answer here.
    void sendWebhook(url, PAYLOAD).catch(() => undefined);
    await Promise.all(healthy.map((backend) => backend.receive(1)));
    expect(healthy.map(({ received }) => received.length)).toEqual([1, 1]);
  });

  it('that sends its status and then hangs has taken the webhook', async () => {
    const backend = await startRawBackend((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nhalf')),
    );
    const { url } = await bootSprayproxy({ backends: [backend.url] });
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
  });

  it('that fails and then hangs is not waited for long', async () => {
    const backend = await startRawBackend((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nit broke')),
    );
    const { url, program } = await bootSprayproxy({ backends: [backend.url] });
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(502);
    expect(attempts(await program.delivery(guid))).toMatchObject([{ status: 500, answer: 'it broke' }]);
  });

  it('that answers with 100 MB is cut off', async () => {
    let sent = 0;
    const megabyte = Buffer.alloc(1_000_000, 'x');
    const backend = await startRawBackend((socket) =>
      socket.once('data', () => {
        socket.write(`HTTP/1.1 500 Oops\r\nContent-Length: ${100 * megabyte.length}\r\n\r\n`);
        const pump = () => {
          while (!socket.destroyed && sent < 100) {
            sent += 1;
            if (!socket.write(megabyte)) {
              socket.once('drain', pump);
              return;
            }
          }
        };
        pump();
      }),
    );
    const { url, program } = await bootSprayproxy({ backends: [backend.url] });
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(502);
    expect(attempts(await program.delivery(guid))).toMatchObject([{ answer: 'x'.repeat(2048) }]);
    const [socket] = backend.connections;
    if (socket?.closed === false) await new Promise((resolve) => socket.once('close', resolve));
    expect(sent).toBeLessThan(100);
  });

  it('cannot write control characters into the log', async () => {
    const backend = await BackendServer.start((_request, response) =>
      response.writeHead(500).end('\u001b[2J\r\nforged\u0000\u009b\u202e'),
    );
    const { url, program } = await bootSprayproxy({ backends: [backend.url] });
    const guid = randomUUID();
    await sendWebhook(url, PAYLOAD, { guid });
    expect(attempts(await program.delivery(guid))).toMatchObject([
      { answer: '\\x1b[2J\\x0d\\x0aforged\\x00\\x9b\\u202e' },
    ]);
  });

  it('that closes its idle connection gets the next webhook on a new one', async () => {
    const backend = await BackendServer.start();
    const { url } = await bootSprayproxy({ backends: [backend.url] });
    await sendWebhook(url, PAYLOAD);
    const closed = once(backend.server, 'connection');
    backend.server.closeAllConnections();
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
    await closed;
    expect(backend.received).toHaveLength(2);
    expect(backend.connections).toBe(2);
  });

  it('that closes its connection as it is reused is not sent the same request again', async () => {
    let requests = 0;
    const backend = await startRawBackend((socket) => {
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n');
        else socket.destroy();
      });
    });
    const { url, program } = await bootSprayproxy({ backends: [backend.url] });
    await sendWebhook(url, PAYLOAD);
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(502);
    expect(attempts(await program.delivery(guid))).toMatchObject([{ outcome: 'unknown' }]);
    expect([requests, backend.connections.length]).toEqual([2, 1]);
  });
});

describe('a redelivery', () => {
  it('goes to the backends that are still owed the delivery, until none is; then to all', async () => {
    const backends = [
      await BackendServer.start(202),
      await BackendServer.start(503, 500, 202),
      await BackendServer.start(400, 202),
    ];
    const { url, program } = await bootSprayproxy({ backends: backends.map((backend) => backend.url) });
    const guid = randomUUID();
    const received = () => backends.map((backend) => backend.received.length);

    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(502);
    expect(received()).toEqual([1, 1, 1]);
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(502);
    // What was rejected is missing as well.
    expect(received()).toEqual([1, 2, 2]);
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect(received()).toEqual([1, 3, 2]);
    await program.line((line) => line.fillsGaps === true && line.msg === 'delivery proxied');
    expect(program.lines.filter((line) => line.fillsGaps === true)).toHaveLength(2);
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect(received()).toEqual([2, 4, 3]);
  });

  it('with another payload is another delivery', async () => {
    const backends = [await BackendServer.start(202), await BackendServer.start(503, 202)];
    const { url } = await bootSprayproxy({ backends: backends.map((backend) => backend.url) });
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(502);
    expect((await sendWebhook(url, '{"another":"payload"}', { guid })).status).toBe(200);
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect(backends.map((backend) => backend.received.length)).toEqual([2, 3]);
  });

  it('is told by its payload where there is no GUID', async () => {
    const backends = [await BackendServer.start(202), await BackendServer.start(503, 202)];
    const { url } = await bootSprayproxy({ backends: backends.map((backend) => backend.url) });
    const headers = Object.fromEntries(
      Object.entries(githubHeaders(PAYLOAD)).filter(([name]) => name !== 'X-GitHub-Delivery'),
    );
    const webhook = { method: 'POST', path: '/proxy', headers, body: PAYLOAD };
    expect((await send(url, webhook)).status).toBe(502);
    expect((await send(url, webhook)).status).toBe(200);
    expect(backends.map((backend) => backend.received.length)).toEqual([1, 2]);
  });
});

describe('the built program', () => {
  it('gives backends every published example of GitHub, byte for byte, with its headers', async () => {
    const backends = [await BackendServer.start(), await BackendServer.start(), await BackendServer.start()];
    const { url } = await startSprayproxy({ backends: backends.map((backend) => backend.url) });
    const all = examples(SECRET);
    expect(all.length).toBeGreaterThan(200);
    for (const { event, guid, payload, headers } of all) {
      expect((await sendWebhook(url, payload, { event, guid })).status).toBe(200);
      for (const backend of backends) {
        const got = backend.received.pop();
        expect(got?.body.equals(payload)).toBe(true);
        expect(got?.target).toBe('/');
        const expected = Object.entries({ ...headers, 'Content-Length': String(payload.length) });
        const arrived = expected.map(([name]) => [name, got?.headers[name.toLowerCase()]]);
        expect({ event, headers: arrived }).toEqual({ event, headers: expected });
      }
    }
    expect(backends.map(({ received }) => received)).toEqual([[], [], []]);
  });
});

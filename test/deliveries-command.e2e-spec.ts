import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { type DeliveryList, type DeliveryView } from '../src/deliveries/delivery-view.js';
import { BackendServer } from './support/backend-server.js';
import { onCleanup } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { callCommand, runCommand } from './support/run-command.js';
import { sendWebhook } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';
import { untilSettled } from './support/until-settled.js';
import { useTempDir } from './support/temp-dir.js';

const PAYLOAD = '{"repository":{"id":1,"full_name":"octocat/hello"}}';

const dir = useTempDir();

const run = (...args: string[]) => callCommand({}, 'deliveries', ...args);

const start = (backends: readonly string[]) =>
  startSprayproxy({
    backends,
    env: {
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
      SPRAYPROXY_SPOOL_URL: `file:${dir.path}`,
      SPRAYPROXY_DELIVERY_GUARANTEE: 'at-most-once',
    },
  });

async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('prints a table, one line a backend, and JSON for a machine', async () => {
  const good = await BackendServer.start();
  const bad = await BackendServer.start(500);
  const { url } = await start([good.url, bad.url]);
  const guid = randomUUID();
  await sendWebhook(url, PAYLOAD, { guid, event: 'pull_request' });
  await untilSettled(url);

  const table = await runCommand({}, 'deliveries', '--url', url, '--state', 'dead', '--since', '1h');
  expect(table).toMatchObject({ code: 0, err: '' });
  const [head, first, second, ...rest] = table.out.split('\n');
  expect(head).toMatch(/^ID +TIME +GUID +EVENT +REPOSITORY +BACKEND +STATE +STATUS +ATTEMPTS +LAST ERROR$/);
  expect(first?.split(/ {2,}/)).toEqual([
    expect.stringMatching(/^\d+$/),
    expect.stringMatching(/^20.*Z$/),
    guid,
    'pull_request',
    'octocat/hello',
    good.url,
    'accepted',
    '202',
    '1',
  ]);
  expect(second?.trim().split(/ {2,}/)).toEqual([
    bad.url,
    'dead',
    '500',
    '1',
    'outcome unknown 1 time: the backend may have taken it; answer 500',
  ]);
  expect(rest).toEqual(['']);

  const list = await run(`--url=${url}/`, '--guid', guid, '--json');
  const { deliveries, next } = JSON.parse(list.out) as DeliveryList;
  expect([deliveries, next]).toMatchObject([[{ guid }], null]);

  const id = deliveries[0]?.id ?? '';
  const one = await run(id, '--url', url);
  expect(one.out).toContain(`${bad.url}: dead, 1 attempt\n`);
  expect(one.out).toMatch(/unknown +500 +[\d.]+ ms +answer 500\n$/);
  const asJson = await run(id, '--url', url, '--json');
  expect(JSON.parse(asJson.out) as DeliveryView).toMatchObject({ id, forwards: [{}, { state: 'dead' }] });

  expect(await run('--url', url, '--event', 'push')).toMatchObject({
    code: 0,
    out: 'no deliveries\n',
  });
  for (const [code, args, err] of [
    [1, ['1'], 'no such delivery'],
    [2, ['--state', 'lost'], 'state must be one of owed, accepted, rejected, dead, filtered'],
  ] as const) {
    expect(await run('--url', url, ...args)).toEqual({
      code,
      out: '',
      err: `sprayproxy deliveries: ${err}\n`,
    });
  }
});

it('reads page by page, with the token', async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.headers.authorization ?? ''} ${request.url ?? ''}`);
    const next = asked.length === 3 ? null : String(asked.length);
    response.end(JSON.stringify({ deliveries: [{ id: '1', receivedAt: 'now', forwards: [] }], next }));
  });
  const file = join(dir.path, 'token');
  writeFileSync(file, 'hunter2\n');
  const { out, code } = await run('--url', url, '--token-file', file, '--limit', '600');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(4);
  expect(asked).toEqual([
    'Bearer hunter2 /deliveries?limit=500',
    'Bearer hunter2 /deliveries?limit=500&cursor=1',
    'Bearer hunter2 /deliveries?limit=500&cursor=2',
  ]);
});

it.each([
  [401, 'Unauthorized', '401: not authenticated; give a valid token with --token-file'],
  [403, 'Forbidden', '403: this token may not use /deliveries in that way'],
  [
    404,
    '404 page not found',
    '404: /deliveries is not served there; set SPRAYPROXY_SERVER_ENABLE_DELIVERIES=true',
  ],
  [502, 'bad\u001b[31m\ngateway', '502: bad\\x1b[31m\\x0agateway'],
  [302, '', '302: '],
  [200, 'healthy', 'this is not the answer of Sprayproxy'],
  [200, '{}', 'this is not the answer of Sprayproxy'],
])('tells what %d %j means', async (status, body, reason) => {
  const url = await serve((_request, response) => response.writeHead(status).end(body));
  const { code, out, err } = await run('--url', url);
  expect({ code, out, err: err.trimEnd() }).toEqual({
    code: 1,
    out: '',
    err: `sprayproxy deliveries: ${reason}`.trimEnd(),
  });
});

it('asks where the service of the same environment listens', async () => {
  const { url } = await start([]);
  const { port } = new URL(url);
  expect(await callCommand({ SPRAYPROXY_SERVER_PORT: port }, 'deliveries')).toMatchObject({ code: 0 });

  const environment = { SPRAYPROXY_SERVER_HOST: '::1', SPRAYPROXY_SERVER_PORT: String(await closedPort()) };
  expect((await callCommand(environment, 'deliveries')).err).toContain(
    `http://[::1]:${environment.SPRAYPROXY_SERVER_PORT}`,
  );
});

it('exits with 1 where nobody listens, and says so', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`;
  expect(await runCommand({}, 'deliveries', '--url', url)).toEqual({
    code: 1,
    out: '',
    err: `sprayproxy deliveries: cannot reach ${url}: connection refused\n`,
  });
});

it('tells that the arguments are wrong', async () => {
  for (const [args, reason] of [
    [['--url', 'ftp://a'], '--url must begin with http:// or https://'],
    [['--limit', '0'], '--limit must be a whole number from 1 to 999999'],
    [['1', '2'], 'give one id at most'],
    [['1', '--event', 'push'], 'give an id or filters, not both'],
    [['openapi.json'], 'there is no such command, and an id is a number: see --help'],
  ] as const) {
    expect(await run(...args)).toEqual({
      code: 2,
      out: '',
      err: `sprayproxy deliveries: ${reason}\n`,
    });
  }
  expect(await run('--colour')).toMatchObject({
    code: 2,
    err: expect.stringContaining("Unknown option '--colour'") as string,
  });
  expect(await run('--token-file', join(dir.path, 'none'))).toEqual({
    code: 1,
    out: '',
    err: 'sprayproxy deliveries: the token file cannot be read: ENOENT\n',
  });
  expect(await run('--help')).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('Usage: sprayproxy deliveries') as string,
  });
});

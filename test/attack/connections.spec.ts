import { BackendServer } from '../support/backend-server.js';
import { scrape } from '../support/metrics.js';
import { head, RawConnection } from '../support/raw-connection.js';
import { githubHeaders, sendWebhook, sign } from '../support/send-webhook.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const MAX_CONNECTIONS = 2000;
const PAYLOAD = '{"zen":"Approachable is better than simple."}';

it('at the limit, the connection that has been idle longest gives way', async () => {
  const backend = await BackendServer.start();
  const { port, url, metricsUrl, program } = await startSprayproxy({ backends: [backend.url] });
  const oldest = await RawConnection.open(port);
  // A request on it makes it the one that was idle last.
  const used = await RawConnection.open(port);
  const others: RawConnection[] = [];
  for (let n = others.length; n < MAX_CONNECTIONS - 2; n += 1) others.push(await RawConnection.open(port));
  used.write(head('GET', '/healthz', {}));
  await used.receive(/healthy$/);

  expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });
  await oldest.closed;
  expect(used.socket.destroyed).toBe(false);
  expect(await program.logged('connection evicted: there are too many')).toMatchObject({ level: 'warn' });
  const metrics = await scrape(metricsUrl);
  expect(metrics.get('sprayproxy_connections_evicted_total')).toBeGreaterThanOrEqual(1);
  expect(metrics.get('sprayproxy_connections')).toBeLessThanOrEqual(MAX_CONNECTIONS);
});

describe('what the parser refuses', () => {
  it.each([
    ['no HTTP', '\x16\x03\x01\x02\x00\r\n\r\n', 400, 'malformed'],
    ['no host', 'POST /proxy HTTP/1.1\r\nContent-Length: 0\r\n\r\n', 400, 'malformed'],
    ['an unknown expectation', head('POST', '/proxy', { Expect: 'tea' }), 417, 'malformed'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed'],
    ['headers over 16 KiB', head('POST', '/proxy', { 'X-Large': 'x'.repeat(17_000) }), 431, 'headers'],
    ['half a head', 'POST /proxy HTTP/1.1\r\nHost: a\r\n', 408, 'timeout'],
    [
      'no chunk where one should be',
      `${head('POST', '/proxy', { 'X-Hub-Signature-256': sign('x'), 'Transfer-Encoding': 'chunked' })}zz\r\n`,
      400,
      'malformed',
    ],
  ])('%s, is answered, counted once and logged', async (_what, sent, status, reason) => {
    const { port, metricsUrl, program } = await startSprayproxy();
    const connection = await RawConnection.open(port);
    connection.write(sent);
    await connection.closed;
    expect(connection.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await program.logged('webhook rejected')).toMatchObject({ level: 'warn', reason });
    const metrics = await scrape(metricsUrl);
    const counted = [...metrics].filter(([name, value]) => name.includes('rejected_total') && value > 0);
    expect(counted).toEqual([[`sprayproxy_webhooks_rejected_total{reason="${reason}"}`, 1]]);
  });
});

it('a sender that has closed its half still hears its answer', async () => {
  const backend = await BackendServer.start();
  const { port } = await startSprayproxy({ backends: [backend.url] });
  const connection = await RawConnection.open(port);
  const headers = { ...githubHeaders(PAYLOAD), 'Content-Length': PAYLOAD.length };
  connection.socket.end(head('POST', '/proxy', headers) + PAYLOAD);
  await connection.closed;
  expect(connection.received).toMatch(/^HTTP\/1.1 200 OK[^]*proxied$/);
});

import { BackendServer } from '../support/backend-server.js';
import { scrape } from '../support/metrics.js';
import { head, RawConnection } from '../support/raw-connection.js';
import { githubHeaders, sendWebhook, sign } from '../support/send-webhook.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const SENDERS = 300;
const MIB = 1024 * 1024;
const PAYLOAD = JSON.stringify({ zen: 'x'.repeat(20_000) });
const SIGNATURE = { 'X-Hub-Signature-256': sign('of something else') };

/** What each of the senders sends at once; then it says no more. */
const SENT = {
  'declare 1 MiB and send nothing': head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': MIB }),
  'declare 25 MiB and send nothing': head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': 25 * MIB }),
  'declare 25 MiB and send a byte': `${head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': 25 * MIB })}x`,
  'declare 64 KiB and lack a byte': `${head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': 65_536 })}${'x'.repeat(65_535)}`,
  'declare 1 MiB and send 100 KiB': `${head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': MIB })}${'x'.repeat(102_400)}`,
  'begin a chunk': `${head('POST', '/proxy', { ...SIGNATURE, 'Transfer-Encoding': 'chunked' })}ff\r\nx`,
  'do not end their chunks': `${head('POST', '/proxy', { ...SIGNATURE, 'Transfer-Encoding': 'chunked' })}1\r\nx\r\n`,
};

// Room for few, so that hundreds do what thousands would do to the default.
const SMALL = { SPRAYPROXY_MAX_INFLIGHT_BYTES: String(32 * MIB) };

it.each(Object.entries(SENT))('those who %s keep no webhook out', async (_what, sent) => {
  const backend = await BackendServer.start();
  const { port, url, metricsUrl, program } = await startSprayproxy({ backends: [backend.url], env: SMALL });
  const senders = await Promise.all(Array.from({ length: SENDERS }, () => RawConnection.open(port)));
  for (const sender of senders) sender.write(sent);

  for (let n = 0; n < 20; n += 1) expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });

  // None is waited for: each hears so, or has given way.
  await Promise.all(senders.map(({ closed }) => closed));
  for (const { received } of senders) expect(received).toMatch(/^HTTP\/1.1 (408|503) /);
  const rejected = await program.line(({ reason }) => reason === 'timeout' || reason === 'overload');
  expect(rejected.msg).toBe('webhook rejected');
  expect((await scrape(metricsUrl)).get('sprayproxy_inflight_payload_bytes')).toBe(0);
  expect(backend.received).toHaveLength(20);
});

it('takes room for what has come, in steps of 64 KiB', async () => {
  const { port, metricsUrl } = await startSprayproxy();
  const held = async () => (await scrape(metricsUrl)).get('sprayproxy_inflight_payload_bytes');
  const sender = await RawConnection.open(port);
  sender.write(head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': 25 * MIB }));
  for (const [bytes, room] of [
    [1, 65_536],
    [65_535, 65_536],
    [1, 131_072],
  ] as const) {
    sender.write('x'.repeat(bytes));
    while ((await held()) !== room) expect([0, 65_536, room]).toContain(await held());
  }
});

it('answers 408 to a sender that drips, though it never pauses for long', async () => {
  const { port } = await startSprayproxy();
  const sender = await RawConnection.open(port);
  const headers = { ...githubHeaders('x'), 'Content-Length': MIB };
  sender.write(head('POST', '/proxy', headers));
  const dripping = setInterval(() => sender.socket.writable && sender.write('x'), 100);
  try {
    expect(await sender.receive(/request timeout$/)).toMatch(/^HTTP\/1.1 408 /);
  } finally {
    clearInterval(dripping);
  }
});

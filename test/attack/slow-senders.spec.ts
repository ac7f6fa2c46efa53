import { readFileSync } from 'node:fs';

import { BackendServer } from '../support/backend-server.js';
import { fixture } from '../support/fixture.js';
import { scrape } from '../support/metrics.js';
import { head, RawConnection } from '../support/raw-connection.js';
import { githubHeaders, sendWebhook, sign } from '../support/send-webhook.js';
import { type RunningSprayproxy, startSprayproxy } from '../support/start-sprayproxy.js';

const MIB = 1024 * 1024;
const PAYLOAD = JSON.stringify({ zen: 'x'.repeat(20_000) });
const SIGNATURE = { 'X-Hub-Signature-256': sign('of something else') };
const MAX_COST_MS = 1500;
/** With what the program takes by itself, and the room for payloads, within the 384 MiB of a pod. */
const MAX_CROWD_MIB = 160;

const declaring = (bytes: number): string =>
  head('POST', '/proxy', { ...SIGNATURE, 'Content-Length': bytes });
const CHUNKED = head('POST', '/proxy', { ...SIGNATURE, 'Transfer-Encoding': 'chunked' });

interface Senders {
  readonly count: number;
  /** What each of them sends at once. */
  readonly sent: string;
  /** What each of them sends ten times a second after that. */
  readonly drip?: string;
}

const SENDERS: Readonly<Record<string, Senders>> = {
  'say nothing': { count: 1000, sent: '' },
  'send half a head': { count: 1000, sent: 'POST /proxy HTTP/1.1\r\nHost: a\r\n' },
  'declare 1 MiB and send nothing': { count: 1000, sent: declaring(MIB) },
  'declare 25 MiB and send a byte': { count: 1000, sent: `${declaring(25 * MIB)}x` },
  'declare 64 KiB and lack a byte': { count: 1000, sent: `${declaring(65_536)}${'x'.repeat(65_535)}` },
  'declare 1 MiB and drip': { count: 1000, sent: declaring(MIB), drip: 'x' },
  'send chunks and drip': { count: 1000, sent: CHUNKED, drip: '1\r\nx\r\n' },
  'begin a chunk': { count: 1000, sent: `${CHUNKED}ff\r\nx` },
  'are 260 that declare 1 MiB': { count: 260, sent: `${declaring(MIB)}${'x'.repeat(102_400)}` },
  'are 21 that declare 25 MiB': { count: 21, sent: `${declaring(25 * MIB)}${'x'.repeat(MIB)}` },
};

describe('with all the room there is by default', () => {
  let backend: BackendServer;
  let running: RunningSprayproxy;

  beforeAll(async () => {
    backend = await BackendServer.start();
    running = await startSprayproxy({ backends: [backend.url] });
  });

  /** How long a webhook takes, in ms. */
  async function timeOfWebhook(): Promise<number> {
    const startedAt = performance.now();
    expect(await sendWebhook(running.url, PAYLOAD)).toMatchObject({ status: 200 });
    return performance.now() - startedAt;
  }

  it.each(Object.entries(SENDERS))(
    'those who %s cost no webhook more than 1.5 s',
    async (_what, { count, sent, drip }) => {
      const usualMs = await timeOfWebhook();
      const senders: RawConnection[] = [];
      while (senders.length < count) {
        const batch = Array.from({ length: Math.min(100, count - senders.length) }, () =>
          RawConnection.open(running.port),
        );
        senders.push(...(await Promise.all(batch)));
      }
      for (const sender of senders) sender.write(sent);
      const dripping = setInterval(() => {
        if (drip === undefined) return;
        for (const { socket } of senders) if (socket.writable) socket.write(drip);
      }, 100);
      try {
        const times: number[] = [];
        for (let n = 0; n < 10; n += 1) times.push(await timeOfWebhook());
        expect(Math.max(...times) - usualMs).toBeLessThan(MAX_COST_MS);
      } finally {
        clearInterval(dripping);
        for (const { socket } of senders) socket.destroy();
      }
    },
  );
});

/** What gives way, or is told so, where there is room for few. */
it.each([
  ['declare 25 MiB and send nothing', declaring(25 * MIB)],
  ['declare 1 MiB and send 100 KiB', `${declaring(MIB)}${'x'.repeat(102_400)}`],
  ['do not end their chunks', `${CHUNKED}1\r\nx\r\n`],
])('nobody waits for those who %s: each hears 408 or 503', async (_what, sent) => {
  const backend = await BackendServer.start();
  const env = { SPRAYPROXY_MAX_INFLIGHT_BYTES: String(32 * MIB) };
  const { port, url, metricsUrl, program } = await startSprayproxy({ backends: [backend.url], env });
  const senders = await Promise.all(Array.from({ length: 300 }, () => RawConnection.open(port)));
  for (const sender of senders) sender.write(sent);
  for (let n = 0; n < 20; n += 1) expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });

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
  const dripping = setInterval(() => {
    if (sender.socket.writable) sender.write('x');
  }, 100);
  try {
    expect(await sender.receive(/request timeout$/)).toMatch(/^HTTP\/1.1 408 /);
  } finally {
    clearInterval(dripping);
  }
});

describe('a listener with TLS', () => {
  const TLS = {
    SPRAYPROXY_WEBHOOK_HOST: '127.0.0.1',
    SPRAYPROXY_WEBHOOK_PORT: '0',
    SPRAYPROXY_WEBHOOK_CERT: fixture('localhost-cert.pem'),
    SPRAYPROXY_WEBHOOK_KEY: fixture('localhost-key.pem'),
  };

  async function withTls() {
    const backend = await BackendServer.start();
    const { program, url } = await startSprayproxy({ backends: [backend.url], env: TLS });
    const webhookPort = Number((await program.logged('listening')).webhookPort);
    const { pid } = program.process;
    const peakMib = () => {
      const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    };
    return { urls: [url, `https://127.0.0.1:${webhookPort}`], webhookPort, peakMib };
  }

  async function crowd(count: number, open: () => Promise<RawConnection>): Promise<RawConnection[]> {
    const senders: RawConnection[] = [];
    while (senders.length < count)
      senders.push(
        ...(await Promise.all(Array.from({ length: Math.min(50, count - senders.length) }, open))),
      );
    return senders;
  }

  it('bears 1,850 that send one byte of a thousand', async () => {
    const { urls, webhookPort, peakMib } = await withTls();
    const atFirstMib = peakMib();
    const senders = await crowd(1850, async () => {
      const sender = await RawConnection.openTls(webhookPort);
      sender.write(`${declaring(1000)}x`);
      return sender;
    });
    for (const to of urls) expect(await sendWebhook(to, PAYLOAD)).toMatchObject({ status: 200 });
    await Promise.all(senders.map(({ closed }) => closed));
    for (const { received } of senders) expect(received).toMatch(/^HTTP\/1.1 (408|503) /);
    expect(peakMib() - atFirstMib).toBeLessThan(MAX_CROWD_MIB);
  });

  it('bears 2,000 that announce a long greeting and do not send it', async () => {
    const { urls, webhookPort, peakMib } = await withTls();
    const atFirstMib = peakMib();
    // A record with the head of a ClientHello of 131,000 bytes: OpenSSL takes room for it at once.
    const greeting = Buffer.from('160301002801' + '01ffb8' + '0303' + '00'.repeat(34), 'hex');
    const senders = await crowd(2000, async () => {
      const sender = await RawConnection.open(webhookPort);
      sender.write(greeting);
      return sender;
    });
    for (const to of urls) expect(await sendWebhook(to, PAYLOAD)).toMatchObject({ status: 200 });
    expect(peakMib() - atFirstMib).toBeLessThan(MAX_CROWD_MIB);
    for (const { socket } of senders) socket.destroy();
  });

  it('bears 2,000 that keep it busy remembering what they said', async () => {
    const { urls, webhookPort, peakMib } = await withTls();
    const atFirstMib = peakMib();
    // As long as the list may be.
    const ALPNProtocols = [
      'http/1.1',
      ...Array.from({ length: 240 }, (_, n) => String(n).padStart(255, 'x')),
    ];
    await crowd(2000, () => RawConnection.openTls(webhookPort, { ALPNProtocols, maxVersion: 'TLSv1.2' }));
    for (const to of urls) expect(await sendWebhook(to, PAYLOAD)).toMatchObject({ status: 200 });
    expect(peakMib() - atFirstMib).toBeLessThan(MAX_CROWD_MIB);
  });
});

import { createHmac, randomUUID } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type DeliveryList } from '../src/deliveries/delivery-view.js';
import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { FakeClock } from './support/fake-clock.js';
import { scrape, scrapeUntil } from './support/metrics.js';
import { head, RawConnection } from './support/raw-connection.js';
import { githubHeaders, send, sendWebhook, sign } from './support/send-webhook.js';
import { SECRET } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const PAYLOAD = '{"zen":"Favor focus over features."}';
const dir = useTempDir();
const MINUTE_MS = 60_000;
const ACK_TIMEOUT = { SPRAYPROXY_ACK_TIMEOUT: '7s' };
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

/** With a spool; nothing is tried again by itself before the test's clock says so. */
const withSpool = (backends: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  bootSprayproxy({
    backends,
    clock,
    env: {
      SPRAYPROXY_SPOOL_URL: `file:${join(dir.path, 'spool')}`,
      SPRAYPROXY_RETRY_MIN_DELAY: '1m',
      SPRAYPROXY_RETRY_MAX_DELAY: '1m',
      ...env,
    },
  });

/** A backend that answers when it is told to, once to each of the first `count` webhooks, 202 to those after. */
async function startHanging(count = 1) {
  const answers: ((status: number) => void)[] = [];
  const backend = await BackendServer.start(
    ...Array.from({ length: count }, () => (_request: unknown, response: ServerResponse) => {
      answers.push((status) => response.writeHead(status).end());
    }),
    202,
  );
  return { backend, answers };
}

const deliveriesOf = async (url: string, guid: string) =>
  JSON.parse((await send(url, { method: 'GET', path: `/deliveries?guid=${guid}` })).text) as DeliveryList;

/** A file with the secret that all tests sign with, and a new one. */
async function secrets(): Promise<string> {
  const file = join(dir.path, 'secrets');
  await writeFile(file, `${SECRET}\nthe new secret of it\n`);
  return file;
}

/** Waits until so many webhooks have come in and, if they are small, have been read. */
async function inbound(metricsUrl: string, count: number): Promise<void> {
  await scrapeUntil(metricsUrl, 'sprayproxy_http_inbound_requests_total', count);
  // The last byte comes with the first; one more round trip, and it has been read.
  await scrape(metricsUrl);
}

/** Lets the ack timeout pass once it is running. */
async function untilAckTimeout<T>(reply: Promise<T>): Promise<T> {
  await clock.untilAwaited(7000);
  clock.pass(7000);
  return reply;
}

describe('a redelivery', () => {
  it('while the drain is sending waits for what comes of that, and sends nothing itself', async () => {
    let answer: (() => void) | undefined;
    const healthy = await BackendServer.start(202);
    const slow = await BackendServer.start(
      503,
      (_request, response) => {
        answer = () => response.writeHead(202).end();
      },
      202,
    );
    const { url, metricsUrl } = await withSpool([healthy.url, slow.url]);
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    clock.pass(MINUTE_MS);
    await slow.receive(2);
    const redelivery = sendWebhook(url, PAYLOAD, { guid });
    await inbound(metricsUrl, 2);
    answer?.();
    await expect(redelivery).resolves.toMatchObject({ status: 200, text: 'proxied' });
    await healthy.receive(1);
    expect([healthy.received.length, slow.received.length]).toEqual([1, 2]);
  });

  it.each([
    ['waits for the first, and has nothing to send when that went well', 202, 200, 1],
    ['waits for the first, and sends what that left owed', 503, 202, 2],
  ])('while the first is being delivered %s', async (_what, status, first, received) => {
    const healthy = await BackendServer.start(202);
    const { backend: slow, answers } = await startHanging();
    const { url, metricsUrl } = await withSpool([healthy.url, slow.url]);
    const guid = randomUUID();
    const replies = [sendWebhook(url, PAYLOAD, { guid })];
    await slow.receive(1);
    replies.push(sendWebhook(url, PAYLOAD, { guid }));
    await inbound(metricsUrl, 2);
    answers[0]?.(status);
    expect((await Promise.all(replies)).map((reply) => reply.status)).toEqual([first, 200]);
    await healthy.receive(1);
    expect([healthy.received.length, slow.received.length]).toEqual([1, received]);
  });

  it('while an attempt outlives a 503 joins that attempt', async () => {
    const { backend: hanging, answers } = await startHanging(2);
    const { url } = await withSpool([hanging.url], {
      SPRAYPROXY_SPOOL_MAX_BYTES: '1048576',
      ...ACK_TIMEOUT,
    });
    const payload = JSON.stringify({ fill: 'x'.repeat(1_048_576) });
    const guid = randomUUID();
    expect((await untilAckTimeout(sendWebhook(url, payload, { guid }))).status).toBe(503);
    expect((await untilAckTimeout(sendWebhook(url, payload, { guid }))).status).toBe(503);
    expect(hanging.received).toHaveLength(1);
    answers[0]?.(202);
    expect((await sendWebhook(url, payload, { guid })).status).toBe(200);
    expect(hanging.received).toHaveLength(1);
  });

  it('sends the headers that it came with: they may be signed with a new secret', async () => {
    const down = await BackendServer.start(503, 503, 202);
    const { url } = await withSpool([down.url], {
      GH_APP_WEBHOOK_SECRET_FILE: await secrets(),
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
    });
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    const headers = { 'X-Hub-Signature-256': sign(PAYLOAD, 'the new secret of it') };
    expect((await sendWebhook(url, PAYLOAD, { guid, headers })).status).toBe(202);
    // Also when it is the drain that sends it later.
    const { deliveries } = await deliveriesOf(url, guid);
    await send(url, { method: 'POST', path: `/deliveries/${deliveries[0]?.id ?? ''}/attempts` });
    const signatures = down.received.map((webhook) => webhook.headers['x-hub-signature-256']);
    expect(signatures).toEqual([
      sign(PAYLOAD),
      sign(PAYLOAD, 'the new secret of it'),
      sign(PAYLOAD, 'the new secret of it'),
    ]);
  });

  it('that is discarded while it is being sent, and not taken, is not acknowledged', async () => {
    let answer: (() => void) | undefined;
    const down = await BackendServer.start(503, (_request, response) => {
      answer = () => response.writeHead(503).end();
    });
    const { url } = await withSpool([down.url], { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' });
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    const { deliveries } = await deliveriesOf(url, guid);
    const redelivery = sendWebhook(url, PAYLOAD, { guid });
    await down.receive(2);
    const discarded = await send(url, { method: 'DELETE', path: `/deliveries/${deliveries[0]?.id ?? ''}` });
    expect(discarded.status).toBe(200);
    answer?.();
    expect(await redelivery).toMatchObject({ status: 502, text: 'failed to proxy' });
  });

  it('after a discard joins the attempt that went on', async () => {
    const { backend: hanging, answers } = await startHanging();
    const { url } = await withSpool([hanging.url], {
      ...ACK_TIMEOUT,
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
    });
    const guid = randomUUID();
    expect((await untilAckTimeout(sendWebhook(url, PAYLOAD, { guid }))).status).toBe(202);
    const { deliveries } = await deliveriesOf(url, guid);
    await send(url, { method: 'DELETE', path: `/deliveries/${deliveries[0]?.id ?? ''}` });
    expect((await untilAckTimeout(sendWebhook(url, PAYLOAD, { guid }))).status).toBe(202);
    expect(hanging.received).toHaveLength(1);
    answers[0]?.(202);
    while ((await deliveriesOf(url, guid)).deliveries[0]?.forwards[0]?.state !== 'accepted');
    expect(hanging.received).toHaveLength(1);
  });

  it('whose only gap is at a backend that is gone for good goes to all', async () => {
    const healthy = await BackendServer.start(202);
    const down = await BackendServer.start(503);
    const { url, program } = await withSpool([healthy.url], {
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
    });
    const body = JSON.stringify({ url: down.url });
    const change = (method: string) =>
      send(url, { method, path: '/backends', headers: { 'Content-Length': body.length }, body });
    await change('POST');
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    await change('DELETE');
    await program.logged('forwards of a removed backend given up');
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect(healthy.received).toHaveLength(2);
  });

  it.each(['with', 'without'])(
    'of one of two payloads under one GUID is not taken for the other (%s a spool)',
    async (which) => {
      const payloads = [PAYLOAD, '{"zen":"Design for failure."}', '{"zen":"Keep it logically awesome."}'];
      const healthy = await BackendServer.start(202);
      // With a spool, those after the first wait behind it; once that is taken, they would be sent at once.
      const down = await BackendServer.start(503, 503, 503, which === 'with' ? 503 : 202);
      const env = which === 'without' ? { SPRAYPROXY_SPOOL_URL: 'off' } : {};
      const { url } = await withSpool([healthy.url, down.url], env);
      const guid = randomUUID();
      const [first, second] = which === 'with' ? [202, 202] : [502, 200];
      for (const payload of payloads) expect((await sendWebhook(url, payload, { guid })).status).toBe(first);
      for (const payload of payloads) expect((await sendWebhook(url, payload, { guid })).status).toBe(second);
      expect(healthy.received.map(({ body }) => body.toString())).toEqual(payloads);
      const taken = down.received.map(({ body }) => body.toString());
      expect(taken.slice(-3)).toEqual(payloads);
    },
  );
});

describe.each([
  ['with a spool', withSpool],
  ['without a spool', (backends: readonly string[]) => bootSprayproxy({ backends, clock })],
])('a sender that hung up before the answer, %s', (_name, boot) => {
  it.each([
    ['resets its connection', (connection: RawConnection) => connection.socket.resetAndDestroy()],
    ['closes its connection', (connection: RawConnection) => connection.socket.destroy()],
    ['has closed its half', (connection: RawConnection) => connection.socket.end()],
  ])('and %s, sends it again to nobody', async (_how, hangUp) => {
    const { backend: slow, answers } = await startHanging();
    const healthy = await BackendServer.start(202);
    const { url, port, program, metricsUrl } = await boot([healthy.url, slow.url]);
    const guid = randomUUID();
    const connection = await RawConnection.open(port);
    const headers = { ...githubHeaders(PAYLOAD, 'push', guid), 'Content-Length': PAYLOAD.length };
    connection.write(head('POST', '/proxy', headers) + PAYLOAD);
    await slow.receive(1);
    hangUp(connection);
    // Two round trips, and the program has seen it.
    for (let trip = 0; trip < 2; trip += 1) await scrape(metricsUrl);
    answers[0]?.(202);
    await program.line((line) => line.heard === false && line.delivery === guid);

    expect(await sendWebhook(url, PAYLOAD, { guid })).toMatchObject({ status: 200, text: 'proxied' });
    await program.logged('redelivery sent to nobody: every backend has it');
    expect([healthy.received.length, slow.received.length]).toEqual([1, 1]);

    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect([healthy.received.length, slow.received.length]).toEqual([2, 2]);
  });
});

it('what was kept while the secret was rotated is signed anew, with both headers, when it is sent', async () => {
  const down = await BackendServer.start(503, 202);
  const file = join(dir.path, 'rotated');
  await writeFile(file, SECRET);
  const { url, program, metricsUrl } = await withSpool([down.url], {
    GH_APP_WEBHOOK_SECRET_FILE: file,
    GH_APP_WEBHOOK_SECRET: '',
  });
  expect((await sendWebhook(url, PAYLOAD)).status).toBe(202);
  await writeFile(file, 'another secret of theirs');
  await program.logged('webhook secrets read again');
  clock.pass(60_000);
  await down.receive(2);
  const [first, second] = down.received;
  expect(first?.headers['x-hub-signature-256']).toBe(sign(PAYLOAD));
  expect(second?.headers['x-hub-signature-256']).toBe(sign(PAYLOAD, 'another secret of theirs'));
  expect(second?.headers['x-hub-signature']).toBe(
    `sha1=${createHmac('sha1', 'another secret of theirs').update(PAYLOAD).digest('hex')}`,
  );
  const others = ({ headers }: { headers: object }) =>
    Object.entries(headers).filter(([name]) => !name.startsWith('x-hub-signature'));
  expect(others(second ?? { headers: {} })).toEqual(others(first ?? { headers: {} }));
  await scrapeUntil(metricsUrl, 'sprayproxy_forwards_signed_anew_total', 1);
});

import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { join } from 'node:path';

import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { FakeClock } from './support/fake-clock.js';
import { useTempDir } from './support/temp-dir.js';
import { scrape, scrapeUntil } from './support/metrics.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';

const PAYLOAD = '{"zen":"Non-blocking is better than blocking."}';
const MINUTE_MS = 60_000;
const dir = useTempDir();
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

/** With a spool that is tried again after a minute at most, by the test's clock. */
const withSpool = (backends: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  bootSprayproxy({
    backends,
    clock,
    env: {
      SPRAYPROXY_SPOOL_URL: `file:${join(dir.path, 'spool')}`,
      SPRAYPROXY_RETRY_MIN_DELAY: '10s',
      SPRAYPROXY_RETRY_MAX_DELAY: '1m',
      ...env,
    },
  });

const DYNAMIC = {
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
};
const call = (url: string, method: string, backend: string) => {
  const body = JSON.stringify({ url: backend });
  return send(url, { method, path: '/backends', headers: { 'Content-Length': body.length }, body });
};
const list = async (url: string) => (await send(url, { method: 'GET', path: '/backends' })).text;

const guidsAt = (backend: BackendServer) =>
  backend.received.map(({ headers }) => headers['x-github-delivery'] as string);

/** Down until it is told to be up. */
async function startDown() {
  const state = { up: false };
  const backend = await BackendServer.start((_request, response) =>
    response.writeHead(state.up ? 202 : 503).end(),
  );
  return { backend, state };
}

describe('a webhook that a backend did not take', () => {
  it.each([
    ['503', 503],
    ['429', 429],
    ['a redirect', 302],
    ['500', 500],
    ['a reset', (request: IncomingMessage) => request.socket.destroy()],
  ] as const)('because of %s is answered 202, and sent to that one again', async (_why, reaction) => {
    const healthy = await BackendServer.start(202);
    const troubled = await BackendServer.start(reaction, 202);
    const { url } = await withSpool([healthy.url, troubled.url]);
    const guid = randomUUID();
    const headers = { 'X-Custom': 'a, b' };
    const reply = await sendWebhook(url, PAYLOAD, { guid, event: 'push', path: '/proxy?x=1', headers });
    expect(reply).toMatchObject({ status: 202, text: 'accepted' });
    clock.pass(MINUTE_MS);
    const [first, second] = await troubled.receive(2);
    expect(second?.body.toString()).toBe(PAYLOAD);
    expect(second?.target).toBe('/?x=1');
    const { host, connection, ...sent } = first?.headers ?? {};
    expect(second?.headers).toMatchObject(sent);
    await healthy.receive(1);
    expect(guidsAt(healthy)).toEqual([guid]);
  });

  it('is kept for a day if the backend has read it and said no; a redelivery goes there alone', async () => {
    const healthy = await BackendServer.start(202);
    const rejecting = await BackendServer.start(422, 202);
    const { url, metricsUrl } = await withSpool([healthy.url, rejecting.url]);
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    await scrapeUntil(metricsUrl, 'sprayproxy_spool_bytes', 4096 + Buffer.byteLength(PAYLOAD));
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect([guidsAt(healthy), guidsAt(rejecting)]).toEqual([[guid], [guid, guid]]);
    await scrapeUntil(metricsUrl, 'sprayproxy_spool_bytes', 0);
  });

  it('is let go of when it was rejected and SPRAYPROXY_REJECTED_MAX_AGE has passed', async () => {
    const rejecting = await BackendServer.start(422);
    const { url, metricsUrl } = await withSpool([rejecting.url], { SPRAYPROXY_REJECTED_MAX_AGE: '1h' });
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
    await scrapeUntil(metricsUrl, 'sprayproxy_spool_bytes', 4096 + Buffer.byteLength(PAYLOAD));
    clock.pass(60 * MINUTE_MS);
    await scrapeUntil(metricsUrl, 'sprayproxy_spool_bytes', 0);
  });

  it('is dead after three attempts of unknown outcome, and shows in the metrics', async () => {
    const failing = await BackendServer.start(500);
    const { url, metricsUrl, program } = await withSpool([failing.url]);
    const givenUp = randomUUID();
    await sendWebhook(url, PAYLOAD, { guid: givenUp, event: 'push' });
    clock.pass(MINUTE_MS);
    await program.logged('owed forward not taken');
    clock.pass(MINUTE_MS);
    expect(await program.logged('forward given up')).toMatchObject({
      level: 'error',
      delivery: givenUp,
      event: 'push',
      host: failing.host,
      reason: 'outcome unknown 3 times: the backend may have taken it',
    });
    expect(failing.received).toHaveLength(3);
    await scrapeUntil(metricsUrl, `sprayproxy_forwards_dead{host="${failing.host}"}`, 1);
    // The next one is the fourth it gets, and it has no other to come before.
    const guid = randomUUID();
    await sendWebhook(url, PAYLOAD, { guid });
    await failing.receive(4);
    expect(guidsAt(failing)[3]).toBe(guid);
  });

  it('is dead at once under at-most-once', async () => {
    const failing = await BackendServer.start(500);
    const { url, metricsUrl, program } = await withSpool([failing.url], {
      SPRAYPROXY_DELIVERY_GUARANTEE: 'at-most-once',
    });
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    expect(await program.logged('forward given up')).toMatchObject({ delivery: guid, host: failing.host });
    const line = await program.logged('delivery accepted: what was given up is in the spool');
    expect(line).toMatchObject({ level: 'warn', delivery: guid, dead: [failing.host] });
    expect(line).not.toHaveProperty('owed');
    const metrics = await scrape(metricsUrl);
    expect(metrics.get(`sprayproxy_forwards_dead{host="${failing.host}"}`)).toBe(1);
    expect(metrics.get(`sprayproxy_forwards_owed{host="${failing.host}"}`)).toBe(0);
  });
});

describe('a backend that hangs', () => {
  it('is owed the webhook at the ack timeout; its late answer settles it', async () => {
    let answer: (() => void) | undefined;
    const hanging = await BackendServer.start((_request, response) => {
      answer = () => response.writeHead(202).end();
    }, 202);
    const quick = await BackendServer.start(202);
    const { url, metricsUrl } = await withSpool([hanging.url, quick.url], { SPRAYPROXY_ACK_TIMEOUT: '7s' });
    const reply = sendWebhook(url, PAYLOAD);
    await Promise.all([hanging.receive(1), quick.receive(1)]);
    clock.pass(7000);
    expect((await reply).status).toBe(202);
    expect(quick.received).toHaveLength(1);
    const metrics = await scrape(metricsUrl);
    expect(metrics.get('sprayproxy_webhook_answer_duration_seconds_sum{status="202"}')).toBe(7);
    const owed = `sprayproxy_forwards_owed{host="${hanging.host}"}`;
    expect(metrics.get(owed)).toBe(1);
    answer?.();
    await scrapeUntil(metricsUrl, owed, 0);
    expect((await scrape(metricsUrl)).get('sprayproxy_inflight_payload_bytes')).toBe(0);
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
    expect(hanging.received).toHaveLength(2);
  });
});

describe('a backend that is owed something', () => {
  it('gets it now when GitHub redelivers, and the others get nothing', async () => {
    const healthy = await BackendServer.start(202);
    const down = await BackendServer.start(503, 202);
    const { url } = await withSpool([healthy.url, down.url]);
    const guid = randomUUID();
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    expect(await sendWebhook(url, '{"other":1}', { guid })).toMatchObject({ status: 202 });
    await healthy.receive(2);
    expect([healthy.received.length, down.received.length]).toEqual([2, 1]);
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    expect([healthy.received.length, down.received.length]).toEqual([2, 2]);
    expect(down.received[1]?.body.toString()).toBe(PAYLOAD);
  });
});

describe('time', () => {
  it('is what a backend asks for with Retry-After', async () => {
    const busy = await BackendServer.start(
      (_request, response) => response.writeHead(503, { 'Retry-After': '30' }).end(),
      202,
    );
    const { url, metricsUrl } = await withSpool([busy.url], { SPRAYPROXY_RETRY_MIN_DELAY: '10ms' });
    await sendWebhook(url, PAYLOAD);
    await clock.untilAwaited(30_000);
    clock.pass(29_999);
    await scrape(metricsUrl);
    expect(busy.received).toHaveLength(1);
    clock.pass(1);
    await expect(busy.receive(2)).resolves.toHaveLength(2);
  });

  it('is never more than SPRAYPROXY_RETRY_MAX_DELAY, whatever a backend asks for', async () => {
    const busy = await BackendServer.start(
      (_request, response) => response.writeHead(429, { 'Retry-After': '86400' }).end(),
      202,
    );
    const { url } = await withSpool([busy.url]);
    await sendWebhook(url, PAYLOAD);
    clock.pass(MINUTE_MS);
    await expect(busy.receive(2)).resolves.toHaveLength(2);
  });
});

describe('a registered backend', () => {
  it('leaves what it was owed dead, not lost, when it is unregistered', async () => {
    const down = await BackendServer.start(503);
    const { url, metricsUrl, program } = await withSpool([], DYNAMIC);
    await call(url, 'POST', down.url);
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(202);
    await call(url, 'DELETE', down.url);
    await program.logged('forwards of a removed backend given up');
    expect((await scrape(metricsUrl)).get(`sprayproxy_forwards_dead{host="${down.host}"}`)).toBe(1);
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
  });

  it('that only fails is unregistered after a while', async () => {
    const down = await BackendServer.start(503);
    const { url, program } = await withSpool([], {
      ...DYNAMIC,
      SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER: '2m',
    });
    await call(url, 'POST', down.url);
    await sendWebhook(url, PAYLOAD);
    clock.pass(MINUTE_MS);
    await program.logged('owed forward not taken');
    expect(await list(url)).toBe(`Backend urls: ${down.url}`);
    clock.pass(MINUTE_MS);
    await program.line(({ msg }) => msg.startsWith('registered backend unregistered'));
    expect(await list(url)).toBe('Backend urls: ');
  });
});

describe('a backend that answers at once', () => {
  it('has its retry, and keeps its order, though another one is slow', async () => {
    let answer: (() => void) | undefined;
    const quick = await BackendServer.start(503, 202);
    const slow = await BackendServer.start((_request, response) => {
      answer = () => response.writeHead(202).end();
    }, 202);
    const { url } = await withSpool([quick.url, slow.url]);
    const [first, second] = [randomUUID(), randomUUID()];
    expect((await sendWebhook(url, PAYLOAD, { guid: first })).status).toBe(202);
    await sendWebhook(url, PAYLOAD, { guid: second });
    clock.pass(MINUTE_MS);
    await quick.receive(3);
    expect(guidsAt(quick)).toEqual([first, first, second]);
    expect(answer).toBeDefined();
    answer?.();
  });
});

describe('a spool that is full', () => {
  const SMALL = { SPRAYPROXY_SPOOL_MAX_BYTES: '1048576' };
  const LARGE = JSON.stringify({ fill: 'x'.repeat(1_048_576) });

  it('is answered 503 with Retry-After, and a redelivery still fills only the gaps', async () => {
    const healthy = await BackendServer.start(202);
    const down = await BackendServer.start(503, 202);
    const { url, metricsUrl } = await withSpool([healthy.url, down.url], SMALL);
    const guid = randomUUID();
    const reply = await sendWebhook(url, LARGE, { guid });
    expect(reply).toMatchObject({ status: 503, text: 'spool full', headers: { 'retry-after': '60' } });
    expect((await scrape(metricsUrl)).get('sprayproxy_spool_bytes')).toBe(0);
    expect((await sendWebhook(url, LARGE, { guid })).status).toBe(200);
    await healthy.receive(1);
    expect([healthy.received.length, down.received.length]).toEqual([1, 2]);
  });

  it('does not keep a backend that was down from being found to be back', async () => {
    const back = await BackendServer.start(...Array<number>(5).fill(503), 202);
    const { url, metricsUrl } = await withSpool([back.url], SMALL);
    for (let n = 0; n < 5; n += 1) expect((await sendWebhook(url, LARGE)).status).toBe(503);
    expect((await scrape(metricsUrl)).get(`sprayproxy_backend_down{host="${back.host}"}`)).toBe(1);
    expect((await sendWebhook(url, LARGE)).status).toBe(503);
    expect(back.received).toHaveLength(5);
    clock.pass(MINUTE_MS);
    expect((await sendWebhook(url, LARGE)).status).toBe(200);
    expect(back.received).toHaveLength(6);
    expect((await sendWebhook(url, LARGE)).status).toBe(200);
  });
});

describe('the built program', () => {
  /** With a spool that is tried again at once. */
  const startWithSpool = (backends: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    startSprayproxy({
      backends,
      env: {
        SPRAYPROXY_SPOOL_URL: `file:${join(dir.path, 'spool')}`,
        SPRAYPROXY_RETRY_MIN_DELAY: '10ms',
        SPRAYPROXY_RETRY_MAX_DELAY: '50ms',
        ...env,
      },
    });

  it('sends newer webhooks after the older ones, in order, also after a crash', async () => {
    const { backend: down, state } = await startDown();
    const oneAtATime = { SPRAYPROXY_DRAIN_CONCURRENCY: '1' };
    const { url, metricsUrl, program } = await startWithSpool([down.url], oneAtATime);
    const guids = Array.from({ length: 20 }, () => randomUUID());
    for (const guid of guids.slice(0, 10)) {
      expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
    }
    const owed = `sprayproxy_forwards_owed{host="${down.host}"}`;
    expect((await scrape(metricsUrl)).get(owed)).toBe(10);
    await program.kill();
    const again = await startWithSpool([down.url], oneAtATime);
    for (const guid of guids.slice(10)) await sendWebhook(again.url, PAYLOAD, { guid });
    state.up = true;
    await scrapeUntil(again.metricsUrl, owed, 0);
    const taken = [...new Set(guidsAt(down).reverse())].reverse();
    expect(taken).toEqual(guids);
  });

  it('sends everything in order though the clock is set back, while it runs or between two runs', async () => {
    const { backend: down, state } = await startDown();
    const env = {
      NODE_OPTIONS: `--require ${join(__dirname, 'fixtures/set-clock.js')}`,
      SPRAYPROXY_DRAIN_CONCURRENCY: '1',
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
    };
    const guids = Array.from({ length: 9 }, () => randomUUID());
    const sendThree = async (url: string, from: number) => {
      for (const guid of guids.slice(from, from + 3)) {
        expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(202);
      }
    };
    const { url, program } = await startWithSpool([down.url], env);
    await sendThree(url, 0);
    program.process.kill('SIGCONT');
    await program.logged('clock set back');
    await sendThree(url, 3);
    await program.kill();
    const again = await startWithSpool([down.url], { ...env, CLOCK_BACK_MS: '86400000' });
    await sendThree(again.url, 6);
    const { deliveries } = JSON.parse(
      (await send(again.url, { method: 'GET', path: '/deliveries' })).text,
    ) as {
      deliveries: { guid: string }[];
    };
    expect(deliveries.map(({ guid }) => guid)).toEqual(guids.toReversed());
    state.up = true;
    const failures = down.received.length;
    await down.receive(failures + guids.length);
    const taken = [...new Set(guidsAt(down).toReversed())].toReversed();
    expect(taken).toEqual(guids);
  });

  it('knows a registered backend after a crash, and its unregistering as well', async () => {
    const [kept, gone] = [await BackendServer.start(202), await BackendServer.start(202)];
    const { url, program } = await startWithSpool([], DYNAMIC);
    for (const { url: backend } of [kept, gone]) {
      expect((await call(url, 'POST', backend)).status).toBe(200);
    }
    expect((await call(url, 'DELETE', gone.url)).status).toBe(200);
    await program.kill();
    const again = await startWithSpool([], DYNAMIC);
    expect(await list(again.url)).toBe(`Backend urls: ${kept.url}`);
    expect((await sendWebhook(again.url, PAYLOAD)).status).toBe(200);
    expect(kept.received).toHaveLength(1);
  });
});

import { HttpService } from '@nestjs/axios';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { firstValueFrom, Subject } from 'rxjs';

import { captureLog } from '../../../test/support/captured-log.js';
import { configFor } from '../../../test/support/config-for.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { useTempDir } from '../../../test/support/temp-dir.js';
import { newCounter, newGauge, newHistogram } from '../../../test/support/unregistered-metrics.js';
import { BackendRegistry } from '../../backends/backend-registry.js';
import { InflightBudget, MAX_SMALL_BYTES } from '../../inflight/inflight-budget.js';
import { newForward, reviveDead } from '../../model/forward.js';
import { Journal } from '../../spool/journal.js';
import { LmdbSpool } from '../../spool/lmdb/lmdb-spool.js';
import { payloadDigest } from '../../model/stored-delivery.js';
import { type AttemptResult } from '../../model/attempt.js';
import { AttemptService } from './attempt.service.js';
import { BackendClient } from '../client/backend-client.js';
import { NameLookups } from '../../backends/name-lookups.js';
import { SystemClock } from '../../clock/clock.js';
import { BackendTls } from '../client/backend-tls.js';
import { BackendPools } from '../client/backend-pools.js';
import { BackendQueue } from './backend-queue.js';
import { ForwardMetrics } from './forward-metrics.js';
import { socketAxios } from '../client/socket-axios.js';

const CONCURRENCY = 8;
const never = () => new AbortController().signal;
const MINUTE_MS = 60_000;
const dir = useTempDir();
let closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

/** A backend that counts how many requests it has at once. */
async function startBackend() {
  const backend = {
    url: '',
    up: false,
    requests: 0,
    atOnce: 0,
    most: 0,
    taken: [] as string[],
  };
  const server = createServer((request, response) => {
    backend.requests += 1;
    backend.atOnce += 1;
    if (backend.up) {
      backend.most = Math.max(backend.most, backend.atOnce);
      backend.taken.push(String(request.headers['x-github-delivery']));
    }
    request.resume().on('end', () => {
      // Long enough for others to come in.
      setTimeout(() => {
        backend.atOnce -= 1;
        response.writeHead(backend.up ? 202 : 503).end();
      }, 1);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  backend.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return backend;
}

function queueFor(url: string) {
  const config = configFor({
    SPRAYPROXY_SERVER_BACKEND: url,
    SPRAYPROXY_DRAIN_CONCURRENCY: String(CONCURRENCY),
  });
  const clock = new FakeClock();
  const { logger } = captureLog();
  const spool = new LmdbSpool({ dir: dir.path, maxBytes: config.maxSpoolBytes });
  const registry = new BackendRegistry(config, newGauge('origin'), spool);
  // The backends are real, and so is their time.
  const systemClock = new SystemClock();
  const pools = new BackendPools(
    config,
    registry,
    new BackendTls(config, logger),
    new NameLookups(4, systemClock),
    systemClock,
  );
  const attempts = new AttemptService(
    registry,
    new BackendClient(new HttpService(socketAxios()), pools, config),
    new ForwardMetrics(newCounter('host', 'error'), newHistogram(), newHistogram('host', 'outcome')),
    clock,
    config,
    logger,
  );
  const [backend] = registry.list();
  if (backend === undefined) throw new Error('no backend');
  const budget = new InflightBudget(config, newGauge(), newGauge(), newHistogram('result'));
  const queue = new BackendQueue(backend, {
    spool,
    attempts,
    budget,
    journal: new Journal(config),
    clock,
    config,
    logger,
    isClosing: () => false,
    onRetry: () => undefined,
  });
  const record = (id: number) => {
    const payload = Buffer.from(`{"n":${id}}`);
    const delivery = {
      id,
      guid: String(id),
      receivedAt: clock.now(),
      query: '',
      rawHeaders: ['X-GitHub-Delivery', String(id)],
      payloadBytes: payload.length,
      payloadDigest: payloadDigest(payload),
    };
    return { stored: { delivery, forwards: [newForward(backend.key)] }, payload };
  };
  const store = async (id: number) => {
    const { stored, payload } = record(id);
    await spool.store(stored, payload);
    queue.wake(id);
    return { stored, payload };
  };
  const close = async () => {
    await queue.stop();
    pools.destroy();
    await spool.close();
  };
  closing.unshift(close);
  return { backend, budget, clock, spool, queue, record, store };
}

describe('BackendQueue', () => {
  it('of a backend that was down for ten minutes sends 5,000 webhooks in order, never too many at once', async () => {
    const backend = await startBackend();
    const { clock, spool, store } = queueFor(backend.url);
    const ids = Array.from({ length: 5000 }, (_, n) => n + 1);

    const batches = 10;
    for (let n = 0; n < batches; n += 1) {
      await Promise.all(ids.slice((n * 5000) / batches, ((n + 1) * 5000) / batches).map((id) => store(id)));
      const until = clock.now() + (10 * MINUTE_MS) / batches;
      while (clock.now() < until) {
        // The queue is pausing after a failure.
        while (!clock.awaited) await turn();
        clock.pass(1000);
      }
    }
    expect(backend.requests).toBeLessThan(30);

    backend.up = true;
    while (spool.counts().size > 0) {
      if (clock.awaited) clock.pass(1000);
      await turn();
    }
    expect(backend.taken).toHaveLength(5000);
    expect(backend.taken.filter((guid, place) => Math.abs(Number(guid) - 1 - place) >= CONCURRENCY)).toEqual(
      [],
    );
    expect(backend.most).toBeGreaterThan(1);
    expect(backend.most).toBeLessThanOrEqual(CONCURRENCY);
  }, 60_000);

  it('leaves alone what an attempt from before is still sending, from the moment it is stored', async () => {
    const server = await startBackend();
    server.up = true;
    const { backend, spool, queue, record, store } = queueFor(server.url);
    const attempt = new Subject<AttemptResult>();
    const { stored, payload } = record(1);
    const storing = spool.store(stored, payload);
    queue.adopt(
      stored,
      firstValueFrom(attempt),
      storing.then(() => true),
    );
    await storing;
    queue.wake(1);
    await store(2);
    while (server.taken.length === 0) await turn();
    expect(server.taken).toEqual(['2']);
    attempt.next({ backend, outcome: 'accepted', durationMs: 1 });
    while (spool.counts().size > 0) await turn();
    expect(server.taken).toEqual(['2']);
  });

  it('sends nothing twice when it goes on after it was stopped', async () => {
    const server = await startBackend();
    const { backend, spool, queue, record } = queueFor(server.url);
    server.up = true;
    const attempt = new Subject<AttemptResult>();
    const { stored, payload } = record(1);
    await spool.store(stored, payload);
    queue.adopt(stored, firstValueFrom(attempt), Promise.resolve(true));
    const stopped = queue.stop();
    queue.resume(backend);
    queue.wake(1);
    for (let n = 0; n < 20; n += 1) await turn();
    expect(server.requests).toBe(0);
    attempt.next({ backend, outcome: 'accepted', durationMs: 1 });
    await stopped;
    while (spool.counts().size > 0) await turn();
    expect(server.requests).toBe(0);
  });

  it('asked to send now what waits for room, sends it with the payload it is given', async () => {
    const server = await startBackend();
    server.up = true;
    const { budget, clock, spool, queue, store } = queueFor(server.url);
    // What large payloads may have, and what is kept for small ones.
    const all = await budget.reserve(Infinity, never);
    for (let n = 0; n < 16; n += 1) await budget.reserve(MAX_SMALL_BYTES, never);
    const { stored, payload } = await store(1);
    for (let n = 0; n < 20; n += 1) await turn();
    const sent = queue.sendNow(stored, { payload, room: all }, (forward) => forward);
    // The one that waits is told that there will be no room; the other has its own.
    await expect(sent).resolves.toMatchObject({ outcome: 'accepted' });
    expect(server.taken).toEqual(['1']);
    expect(spool.counts().size).toBe(0);
    clock.pass(MINUTE_MS);
  }, 15_000);

  it('asked to send now what is too old, sends it once more before it is given up', async () => {
    const server = await startBackend();
    const { clock, spool, budget, queue, record } = queueFor(server.url);
    const { stored, payload } = record(1);
    await spool.store(stored, payload);
    clock.pass(73 * 60 * MINUTE_MS);
    queue.wake(1);
    const room = await budget.reserve(payload.length, never);
    const sent = await queue.sendNow(stored, { payload, room }, reviveDead);
    expect(sent).toMatchObject({ outcome: 'refused' });
    clock.pass(MINUTE_MS);
    while (spool.counts().get(stored.forwards[0]?.backend ?? '')?.dead !== 1) await turn();
    expect(server.requests).toBe(1);
    await expect(spool.get(1)).resolves.toMatchObject({
      forwards: [{ state: 'dead', reason: 'older than SPRAYPROXY_RETRY_MAX_AGE', attemptCount: 1 }],
    });
  });
});

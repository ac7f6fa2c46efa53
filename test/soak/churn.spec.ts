import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Agent } from 'node:http';

import { BackendServer } from '../support/backend-server.js';
import { scrape } from '../support/metrics.js';
import { githubHeaders, send } from '../support/send-webhook.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const SECONDS = 30;
const AT_ONCE = 200;
const STATIC_BACKENDS = 3;
const CHURNING_BACKENDS = 4;
/** Webhooks answered between one change of a churning backend and the next: some begin and end in between. */
const CHURN_EVERY = 500;
const MAX_RSS_BYTES = 384 * 1024 * 1024;

const PAYLOADS = [64, 1024, 10_240, 40_960].map((bytes) =>
  Buffer.from(JSON.stringify({ fill: randomBytes(bytes / 2).toString('hex') })),
);

interface Webhook {
  readonly payload: Buffer;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** While a backend is registered beyond doubt: from the answer to POST to the request of DELETE. */
interface Registration {
  readonly from: number;
  readonly until: number;
}

const tick = new EventEmitter();
const answered = new Map<string, Webhook>();
const sent = new Map<string, Buffer>();

/** A backend that keeps, of what it gets, how often each GUID came, and the GUIDs whose bytes were not those sent. */
async function startCountingBackend() {
  const server = await BackendServer.start(202);
  const times = new Map<string, number>();
  const damaged: string[] = [];
  server.on('received', ({ headers, body }) => {
    const guid = String(headers['x-github-delivery']);
    times.set(guid, (times.get(guid) ?? 0) + 1);
    if (sent.get(guid)?.equals(body) !== true) damaged.push(guid);
    server.received.length = 0;
  });
  return { url: server.url, times, damaged };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

it(
  `${AT_ONCE} webhooks at a time for ${SECONDS} s all arrive while backends come and go, in flat memory`,
  async () => {
    const fixed = await Promise.all(Array.from({ length: STATIC_BACKENDS }, startCountingBackend));
    const churning = await Promise.all(Array.from({ length: CHURNING_BACKENDS }, startCountingBackend));
    const { url, metricsUrl, program } = await startSprayproxy({
      backends: fixed.map((backend) => backend.url),
      env: {
        SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
        SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
      },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const endAt = performance.now() + SECONDS * 1000;
    const over = () => performance.now() > endAt;
    const failures: string[] = [];
    let changes = 0;

    const sender = async (index: number) => {
      const payload = PAYLOADS[index % PAYLOADS.length] as Buffer;
      while (!over()) {
        const guid = randomUUID();
        sent.set(guid, payload);
        const sentAt = performance.now();
        const { status, text } = await send(url, {
          method: 'POST',
          path: '/proxy',
          agent,
          body: payload,
          headers: { ...githubHeaders(payload, 'push', guid), 'Content-Length': payload.length },
        });
        if (status !== 200) failures.push(`${guid}: ${status} ${text}`);
        answered.set(guid, { payload, sentAt, answeredAt: performance.now() });
        tick.emit('answered');
      }
    };

    const administer = async (method: 'POST' | 'DELETE', backendUrl: string) => {
      const body = JSON.stringify({ url: backendUrl });
      const headers = { 'Content-Length': body.length };
      const reply = await send(url, { method, path: '/backends', headers, body });
      if (reply.status !== 200) failures.push(`${method} /backends: ${reply.status} ${reply.text}`);
      changes += 1;
    };
    const someAnswers = () =>
      new Promise<void>((resolve) => {
        let count = 0;
        const onAnswered = () => {
          count += 1;
          if (count < CHURN_EVERY && !over()) return;
          tick.off('answered', onAnswered);
          resolve();
        };
        if (over()) resolve();
        else tick.on('answered', onAnswered);
      });
    const churner = async (backendUrl: string): Promise<Registration[]> => {
      const registrations: Registration[] = [];
      while (!over()) {
        await administer('POST', backendUrl);
        const from = performance.now();
        await someAnswers();
        registrations.push({ from, until: performance.now() });
        await administer('DELETE', backendUrl);
        await someAnswers();
      }
      return registrations;
    };

    const memory: number[] = [];
    const sampler = async () => {
      while (!over()) {
        memory.push((await scrape(metricsUrl)).get('process_resident_memory_bytes') ?? NaN);
        await someAnswers();
      }
    };

    const senders = Promise.all(Array.from({ length: AT_ONCE }, (_, index) => sender(index)));
    const churners = Promise.all(churning.map((backend) => churner(backend.url)));
    const [, registrations] = await Promise.all([senders, churners, sampler()]);
    agent.destroy();
    await program.stop();

    const third = Math.floor(memory.length / 3);
    const [middle, last] = [median(memory.slice(third, 2 * third)), median(memory.slice(2 * third))];
    const forwards = [...fixed, ...churning].reduce((sum, { times }) => sum + times.size, 0);
    process.stderr.write(
      `${answered.size} webhooks, ${forwards} forwards, ${changes} changes of the backends; RSS in MiB: ` +
        `${[middle, last, Math.max(...memory)].map((bytes) => Math.round(bytes / 2 ** 20)).join(' middle, ')} most\n`,
    );

    expect(failures).toEqual([]);
    expect(program.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    for (const { times, damaged } of [...fixed, ...churning]) {
      expect(damaged).toEqual([]);
      expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
    }
    for (const { times } of fixed)
      expect([...answered.keys()].filter((guid) => !times.has(guid))).toEqual([]);
    churning.forEach(({ times }, index) => {
      const owed = [...answered].filter(([, { sentAt, answeredAt }]) =>
        registrations[index]?.some(({ from, until }) => sentAt >= from && answeredAt <= until),
      );
      expect(owed.length).toBeGreaterThan(0);
      expect(owed.filter(([guid]) => !times.has(guid))).toEqual([]);
    });
    expect(Math.max(...memory)).toBeLessThan(MAX_RSS_BYTES);
    expect(last).toBeLessThan(1.2 * middle);
  },
  (SECONDS + 60) * 1000,
);

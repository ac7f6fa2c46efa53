import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { type DeliveryList } from '../src/deliveries/delivery-view.js';
import { onCleanup } from './support/cleanup.js';
import { scrape } from './support/metrics.js';
import { seededRandom } from './support/seeded-random.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { startSprayproxy, type Sprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const ROUNDS = 25;
const SENDERS = 8;
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

const random = seededRandom(SEED);
const dir = useTempDir();

type Deed = 'taken' | 'refused' | 'cut';

/** What a backend did with an attempt, and in which round. */
interface Attempt {
  readonly deed: Deed;
  readonly round: number;
}

let round = 0;

class Backend {
  /** By GUID, in order. */
  readonly attempts = new Map<string, Attempt[]>();
  readonly damaged: string[] = [];
  mood: () => Deed = () => 'taken';
  url = '';

  /** Resolves once nobody is connected. */
  idle: () => Promise<void> = () => Promise.resolve();

  static async start(sent: ReadonlyMap<string, Buffer>): Promise<Backend> {
    const backend = new Backend();
    const server = createServer((request, response) => {
      void buffer(request).then(
        (body) => {
          const guid = String(request.headers['x-github-delivery']);
          if (sent.get(guid)?.equals(body) !== true) backend.damaged.push(guid);
          const deed = backend.mood();
          backend.attempts.set(guid, [...(backend.attempts.get(guid) ?? []), { deed, round }]);
          if (deed === 'cut') request.socket.destroy();
          else response.writeHead(deed === 'taken' ? 202 : 503).end();
        },
        // The proxy was killed while it sent.
        () => undefined,
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onCleanup(() => {
      server.close();
      server.closeAllConnections();
    });
    backend.idle = async () => {
      const connections = promisify(server.getConnections.bind(server));
      while ((await connections()) > 0) await turn();
    };
    backend.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return backend;
  }
}

it(`nothing acknowledged is lost in ${ROUNDS} rounds of SIGKILL (KILL_SEED=${SEED})`, async () => {
  const sent = new Map<string, Buffer>();
  const acknowledged = new Set<string>();
  const events = new EventEmitter();
  const [healthy, down, flapping] = [
    await Backend.start(sent),
    await Backend.start(sent),
    await Backend.start(sent),
  ];
  const backends = [healthy, down, flapping];
  down.mood = () => 'refused';
  flapping.mood = () => (['taken', 'refused', 'cut'] as const)[Math.floor(random() * 3)] ?? 'taken';

  const start = () =>
    startSprayproxy({
      backends: backends.map(({ url }) => url),
      env: {
        SPRAYPROXY_SPOOL_URL: `file:${join(dir.path, 'spool')}`,
        SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
        SPRAYPROXY_RETRY_MIN_DELAY: '5ms',
        SPRAYPROXY_RETRY_MAX_DELAY: '20ms',
      },
    });
  const sendUntil = async (url: string, killed: () => boolean) => {
    while (!killed()) {
      const guid = randomUUID();
      const payload = Buffer.from(`{"fill":"${randomBytes(Math.floor(random() * 20_000)).toString('hex')}"}`);
      sent.set(guid, payload);
      const status = await sendWebhook(url, payload, { guid }).then(
        (reply) => reply.status,
        () => undefined,
      );
      if (status !== undefined && status >= 200 && status < 300) {
        acknowledged.add(guid);
        events.emit('acknowledged');
      }
    }
  };

  for (round = 1; round <= ROUNDS; round += 1) {
    const { url, program } = await start();
    let killed = false;
    const senders = Array.from({ length: SENDERS }, () => sendUntil(url, () => killed));
    // When it is killed is chance itself, in every other round not before something was acknowledged.
    const enough = acknowledged.size + 3;
    while (round % 2 === 0 && acknowledged.size < enough) await once(events, 'acknowledged');
    await delay(20 + random() * 200);
    killed = true;
    await program.kill();
    await Promise.all(senders);
    // What had been sent before the kill belongs to this round.
    for (const backend of backends) await backend.idle();
  }

  for (const backend of backends) backend.mood = () => 'taken';
  const { url, metricsUrl, program } = await start();
  await drained(program, metricsUrl);
  const dead = await deadForwards(url);
  const attempts = [...flapping.attempts.values()].reduce((sum, { length }) => sum + length, 0);
  process.stderr.write(
    `seed ${SEED}: ${sent.size} webhooks, ${acknowledged.size} acknowledged, ${attempts} attempts at the flapping backend, ${dead.size} dead\n`,
  );

  expect(acknowledged.size).toBeGreaterThan(ROUNDS);
  for (const backend of backends) {
    expect(backend.damaged).toEqual([]);
    for (const guid of acknowledged) {
      const attempts = backend.attempts.get(guid) ?? [];
      if (!attempts.some(isTaken)) {
        expect({ guid, backend: backend.url, reason: dead.get(`${guid} ${backend.url}`) }).toEqual({
          guid,
          backend: backend.url,
          reason: expect.stringMatching(/^outcome unknown 3 times/) as string,
        });
      }
      // Only a kill between can have left it unknown that an attempt was taken, and three such are the end of it.
      const rounds = attempts.filter(isTaken).map((attempt) => attempt.round);
      const taken = attempts.find(isTaken)?.round ?? Infinity;
      const again = attempts
        .slice(attempts.findIndex(isTaken) + 1)
        .filter((attempt) => attempt.round === taken);
      expect({ guid, rounds, again, few: rounds.length <= 3 }).toEqual({
        guid,
        rounds,
        again: [],
        few: true,
      });
    }
  }
  expect([...acknowledged].filter((guid) => healthy.attempts.get(guid)?.some(isTaken) !== true)).toEqual([]);
}, 180_000);

const isTaken = ({ deed }: Attempt): boolean => deed === 'taken';

/** Why each dead forward is dead, by GUID and URL of the backend. */
async function deadForwards(url: string): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = cursor === '' ? '' : `&cursor=${cursor}`;
    const reply = await send(url, { method: 'GET', path: `/deliveries?state=dead&limit=500${page}` });
    const list = JSON.parse(reply.text) as DeliveryList;
    for (const { guid = '', forwards } of list.deliveries) {
      for (const { backend, state, reason = '' } of forwards) {
        if (state === 'dead') reasons.set(`${guid} ${backend}`, reason);
      }
    }
    cursor = list.next;
  }
  return reasons;
}

/** Waits until nothing is owed. */
async function drained(program: Sprayproxy, metricsUrl: string): Promise<void> {
  for (;;) {
    const metrics = await scrape(metricsUrl);
    const owed = [...metrics].filter(([name]) => name.startsWith('sprayproxy_forwards_owed{'));
    if (owed.every(([, count]) => count === 0)) return;
    await Promise.race([once(program, 'line'), delay(500)]);
  }
}

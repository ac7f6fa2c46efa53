import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { seededRandom } from '../seeded-random.js';
import { sendWebhook } from '../send-webhook.js';
import { startSprayproxy } from '../start-sprayproxy.js';
import { deadForwards, drained } from './aftermath.js';
import { MoodyBackend } from './moody-backend.js';

const SENDERS = 8;

export interface KillRounds {
  readonly rounds: number;
  readonly seed: number;
  /** Directory of the spool. */
  readonly spool: string;
}

/** What is known when all rounds are over and nothing is owed any more. */
export interface Aftermath {
  /** GUIDs of the webhooks that were answered with 2xx. */
  readonly acknowledged: ReadonlySet<string>;
  /** One that takes everything, one that was down, one that took some. */
  readonly backends: readonly [MoodyBackend, MoodyBackend, MoodyBackend];
  /** Why each dead forward is dead, by GUID and URL of the backend. */
  readonly dead: ReadonlyMap<string, string>;
}

/** Kills the program under load again and again, then lets it deliver what it owes. */
export async function survive({ rounds, seed, spool }: KillRounds): Promise<Aftermath> {
  const random = seededRandom(seed);
  const sent = new Map<string, Buffer>();
  const acknowledged = new Set<string>();
  const events = new EventEmitter();
  const deeds = ['taken', 'refused', 'cut'] as const;
  const backends = [
    await MoodyBackend.start(sent, () => 'taken'),
    await MoodyBackend.start(sent, () => 'refused'),
    await MoodyBackend.start(sent, () => deeds[Math.floor(random() * 3)] ?? 'taken'),
  ] as const;

  const start = () =>
    startSprayproxy({
      backends: backends.map(({ url }) => url),
      env: {
        SPRAYPROXY_SPOOL_URL: `file:${spool}`,
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

  for (let round = 1; round <= rounds; round += 1) {
    for (const backend of backends) backend.round = round;
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

  for (const backend of backends) {
    backend.round = rounds + 1;
    backend.mood = () => 'taken';
  }
  const { url, metricsUrl, program } = await start();
  await drained(program, metricsUrl);
  const dead = await deadForwards(url);
  const attempts = [...backends[2].attempts.values()].reduce((sum, { length }) => sum + length, 0);
  process.stderr.write(
    `seed ${seed}: ${sent.size} webhooks, ${acknowledged.size} acknowledged, ${attempts} attempts at the flapping backend, ${dead.size} dead\n`,
  );
  return { acknowledged, backends, dead };
}

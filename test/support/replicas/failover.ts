import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { deadForwards, drained } from '../kills/aftermath.js';
import { type PostgresServer } from '../postgres/postgres-server.js';
import { seededRandom } from '../seeded-random.js';
import { sendWebhook } from '../send-webhook.js';
import { ReplicaSet } from './replica-set.js';
import { TimedBackend } from './timed-backend.js';

/** Webhooks are sent in bursts of this length. */
const TICK_MS = 50;
const TO_UNREACHABLE = 0;

export interface FailoverPlan {
  readonly seed: number;
  readonly seconds: number;
  readonly webhooksPerSecond: number;
  /** One replica is killed this often, in turn, and started again. */
  readonly killEverySeconds: number;
  /** The database is killed or restarted this often, in turn. */
  readonly restartEverySeconds: number;
}

/** What is known when all is over, nothing is owed, and what was not acknowledged has been sent again. */
export interface FailoverOutcome {
  readonly sent: ReadonlySet<string>;
  /** How many webhooks were answered with each status at first; `TO_UNREACHABLE`: not at all. */
  readonly answers: ReadonlyMap<number, number>;
  /** One that takes everything, one that is down now and then, one that flaps. */
  readonly backends: readonly TimedBackend[];
  /** When replicas were killed, by `performance.now()`. */
  readonly kills: readonly number[];
  readonly restarts: number;
  /** Longest time in which no webhook was acknowledged, in ms. */
  readonly longestSilenceMs: number;
  /** Until nothing was owed any more after the last fault, in ms. */
  readonly drainMs: number;
  /** Why each dead forward is dead, by GUID and URL of the backend. */
  readonly dead: ReadonlyMap<string, string>;
}

/** Sends webhooks to two replicas on one database while replicas and database are killed and started again. */
export async function failOver(server: PostgresServer, plan: FailoverPlan): Promise<FailoverOutcome> {
  const random = seededRandom(plan.seed);
  const payloads = new Map<string, Buffer>();
  const unacknowledged = new Set<string>();
  const answers = new Map<number, number>();
  const kills: number[] = [];
  let restarts = 0;
  let isDown = false;
  const backends = [
    await TimedBackend.start(payloads, () => 'taken'),
    await TimedBackend.start(payloads, () => (isDown ? 'refused' : 'taken')),
    await TimedBackend.start(payloads, () => {
      const chance = random();
      return chance < 0.01 ? 'cut' : chance < 0.1 ? 'refused' : 'taken';
    }),
  ];
  const replicas = await ReplicaSet.start(await server.freshDatabase(), {
    backends: backends.map(({ url }) => url),
  });

  let lastAcknowledged = performance.now();
  let longestSilenceMs = 0;
  const sendOne = async (guid: string, payload: Buffer, at: number, isFirst = true): Promise<void> => {
    const status = await sendWebhook(replicas.url(at), payload, { guid }).then(
      (reply) => reply.status,
      () => TO_UNREACHABLE,
    );
    if (isFirst) answers.set(status, (answers.get(status) ?? 0) + 1);
    if (status < 200 || status > 299) {
      unacknowledged.add(guid);
      return;
    }
    unacknowledged.delete(guid);
    if (!isFirst) return;
    longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastAcknowledged);
    lastAcknowledged = performance.now();
  };

  const until = performance.now() + plan.seconds * 1000;
  const isOver = () => performance.now() >= until;
  const every = async (seconds: number, act: (nth: number) => Promise<unknown>): Promise<void> => {
    for (let nth = 1; ; nth += 1) {
      await delay(seconds * 1000);
      if (isOver()) return;
      await act(nth);
    }
  };
  const load = async (): Promise<void> => {
    const perTick = (plan.webhooksPerSecond * TICK_MS) / 1000;
    const startedAt = performance.now();
    const sending: Promise<void>[] = [];
    for (let tick = 1; !isOver(); tick += 1) {
      for (let n = 0; n < perTick; n += 1) {
        const guid = randomUUID();
        const payload = Buffer.from(`{"fill":"${randomBytes(Math.floor(random() * 1000)).toString('hex')}"}`);
        payloads.set(guid, payload);
        sending.push(sendOne(guid, payload, n % replicas.all.length));
      }
      await delay(Math.max(0, startedAt + tick * TICK_MS - performance.now()));
    }
    await Promise.all(sending);
  };
  await Promise.all([
    load(),
    every(plan.killEverySeconds, async (nth) => {
      const at = nth % replicas.all.length;
      kills.push(performance.now());
      await replicas.at(at).program.kill();
      await replicas.start(at);
    }),
    every(plan.restartEverySeconds, async (nth) => {
      restarts += 1;
      await (nth % 2 === 0 ? server.stop('fast') : server.kill());
      await server.start();
    }),
    every(plan.killEverySeconds * 0.7, () => Promise.resolve((isDown = !isDown))),
  ]);

  isDown = false;
  backends.forEach((backend) => (backend.mood = () => 'taken'));
  const overAt = performance.now();
  for (const { program, metricsUrl } of replicas.all) await drained(program, metricsUrl);
  const drainMs = performance.now() - overAt;
  for (const guid of [...unacknowledged]) {
    await sendOne(guid, payloads.get(guid) ?? Buffer.alloc(0), Math.floor(random() * 2), false);
  }
  for (const { program, metricsUrl } of replicas.all) await drained(program, metricsUrl);
  expect([...unacknowledged]).toEqual([]);
  const dead = await deadForwards(replicas.url(0));
  return {
    sent: new Set(payloads.keys()),
    answers,
    backends,
    kills,
    restarts,
    longestSilenceMs,
    drainMs,
    dead,
  };
}

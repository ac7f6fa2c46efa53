import { ProgramBackends } from '../backends/program-backends.js';
import { type Bench } from '../bench-context.js';
import { type Contender } from '../contenders/contender.js';
import { startContender } from '../contenders/start-contender.js';
import { type BurstWebhook, burstWebhooks } from '../load/burst-webhooks.js';
import { SECRET } from '../load/payload.js';
import { type Answer, newAgent, send } from '../load/send.js';
import { type Measurement } from '../measurement.js';
import { limitedCgroup, type Limits } from '../process/cgroup.js';
import { PeakMemory } from '../process/peak-memory.js';
import { type DigestArrival } from '../programs/backend-options.js';
import { scoped } from '../../testing/scoped.js';

const MIB = 1024 ** 2;
const BACKENDS = 3;

const size = (quick: boolean) => (quick ? { count: 20, bytes: 2 * MIB } : { count: 100, bytes: 25 * MIB });

/** Many large webhooks at once, in what a pod has: who is answered what, and whether those taken arrived. */
export const measureBurst = (limits: Limits, contender: Contender, bench: Bench): Promise<Measurement> =>
  scoped(async (defer) => {
    const { count, bytes } = size(bench.quick);
    const webhooks = burstWebhooks(count, bytes);
    const backends = await ProgramBackends.start(BACKENDS, { digests: true });
    defer(() => backends.stop());
    const limit = limitedCgroup(limits);
    defer(() => limit?.remove());
    const running = await startContender(bench, {
      contender,
      secret: SECRET,
      backends: backends.urls,
      limit,
    });
    defer(() => running.stop());

    const peak = new PeakMemory(running.child.pid);
    defer(() => {
      peak.stop();
    });
    const agent = newAgent();
    const sentAt = performance.now();
    const answers = await Promise.all(webhooks.map((webhook) => send(running.url, webhook, agent)));
    const burstMs = performance.now() - sentAt;
    agent.destroy();
    const { peakRssMiB, anonymousMiB } = peak.look();
    // The backends have told of every arrival before they tell this.
    await backends.counts();
    const counts = countAnswers(webhooks, answers, backends);
    const figures = { ...counts, burstMs, peakRssMiB, peakAnonymousMiB: anonymousMiB };
    return {
      figures: limit === undefined ? figures : { ...figures, memoryLimitMiB: limits.memoryMiB },
      faults: [],
      notes: notes(contender, running.child.running, limit !== undefined, answers),
    };
  });

function countAnswers(
  webhooks: readonly BurstWebhook[],
  answers: readonly Answer[],
  { arrivals, urls }: ProgramBackends,
) {
  const taken = webhooks.filter((_, at) => answers[at]?.status === 200);
  const answered503 = answers.filter((each) => each.status === 503 && each.retryAfter !== undefined).length;
  const got = new Set(arrivals.map(arrivalKey));
  const arrivedEverywhere = ({ guid, digest }: BurstWebhook) =>
    urls.every((url) => got.has(arrivalKey({ port: Number(new URL(url).port), guid, digest })));
  return {
    answered200: taken.length,
    answered503,
    answeredOther: answers.length - taken.length - answered503,
    lost: taken.filter((webhook) => !arrivedEverywhere(webhook)).length,
  };
}

const arrivalKey = ({ port, guid, digest }: DigestArrival): string => `${port} ${guid} ${digest}`;

function notes(contender: Contender, alive: boolean, limited: boolean, answers: readonly Answer[]): string[] {
  const others = answers.filter(({ status }) => status !== 200 && status !== 503);
  const kinds = [...new Set(others.map(({ status, error }) => error ?? String(status)))];
  return [
    ...(limited
      ? []
      : ['burst: no memory limit could be made (cgroups): the peak RSS is all there is to see']),
    ...(alive ? [] : [`burst: ${contender} ended by itself`]),
    ...(kinds.length === 0 ? [] : [`burst: other answers of ${contender}: ${kinds.join(', ')}`]),
  ];
}

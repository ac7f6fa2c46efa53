import { BenchError } from '../bench-error.js';
import { type Bench } from '../bench-context.js';
import { type Contender, isNode } from '../contenders/contender.js';
import { type RunningContender, startContender } from '../contenders/start-contender.js';
import { SECRET } from '../load/payload.js';
import { type SteadyLoad, steadyFaults, steadyLoad, steadyNotes } from '../load/steady.js';
import { type Load, wrkLoad } from '../load/wrk.js';
import { type Measurement } from '../measurement.js';
import { type Cgroup, limitedCgroup, type Limits } from '../process/cgroup.js';
import { mainThreadCpuMs } from '../process/process-tree.js';
import { throttledPercent } from '../process/throttling.js';
import { scoped } from '../../testing/scoped.js';
import { backendsFor, type LoadShape, measureRun, spoolFaults } from './load.js';
import { signatureFaults } from './signature-check.js';

/** Of the container in k8s/. */
export const POD: Limits = { memoryMiB: 384, cpuMilli: 500 };

/** Half a CPU needs more time to get warm. */
const WARM_UP_TIMES = 2;

/** So that a p99 at the lower rate is more than the one worst answer. */
const STEADY_TIMES = 2;

/** Why no pod can be made here; `undefined`: one can. */
export function podUnavailable(): string | undefined {
  const pod = limitedCgroup(POD);
  pod?.remove();
  return pod === undefined ? 'no cgroup with a limit of CPU and memory can be made here' : undefined;
}

/**
 * A contender in what a pod may use, load and backends outside: steady rates first, as a pod sees them, then as much as
 * it can take.
 */
export const measureInPod = (shape: LoadShape, contender: Contender, bench: Bench): Promise<Measurement> =>
  scoped(async (defer) => {
    const backends = await backendsFor(shape, bench);
    defer(() => backends.stop());
    const pod = limitedCgroup(POD);
    if (pod === undefined) throw new BenchError('no cgroup could be made');
    defer(() => {
      pod.remove();
    });
    const running = await startContender(bench, {
      contender,
      secret: SECRET,
      backends: backends.urls,
      limit: pod,
    });
    defer(() => running.stop());
    const unsigned = contender === 'nginx' ? [] : await signatureFaults(running.url);
    const load = wrkLoad(bench.tools.wrk, running.url, shape.bodyBytes);
    defer(() => {
      load.remove();
    });
    const steady = steadyLoad(running.url, shape.bodyBytes);
    defer(() => {
      steady.remove();
    });

    await load.run(WARM_UP_TIMES * bench.warmUpSeconds);
    const measured = await measureRates(steady, STEADY_TIMES * bench.seconds, pod);
    const saturated = await measureSaturation(load, shape, { bench, contender, running, pod });
    return {
      ...saturated,

      figures: { ...saturated.figures, ...measured.figures },
      faults: [
        ...unsigned,
        ...measured.faults,
        ...saturated.faults,
        ...(await spoolFaults(contender, running)),
      ],
      notes: (measured.notes ?? []).map((note) => `in the pod, ${contender} ${note}`),
    };
  });

async function measureRates(load: SteadyLoad, seconds: number, pod: Cgroup): Promise<Measurement> {
  const at50 = await load.run(50, seconds);
  const throttled = throttledSince(pod);
  const at200 = await load.run(200, seconds);
  const throttledAt200Percent = throttled();
  return {
    figures: {
      p50At50Ms: at50.p50Ms,
      p99At50Ms: at50.p99Ms,
      p50At200Ms: at200.p50Ms,
      p99At200Ms: at200.p99Ms,
      ...(throttledAt200Percent === undefined ? {} : { throttledAt200Percent }),
    },
    faults: [...steadyFaults(50, at50), ...steadyFaults(200, at200)],
    notes: [...steadyNotes(50, at50), ...steadyNotes(200, at200)],
  };
}

interface Saturation {
  readonly bench: Bench;
  readonly contender: Contender;
  readonly running: RunningContender;
  readonly pod: Cgroup;
}

async function measureSaturation(
  load: Load,
  { backends }: LoadShape,
  { bench, contender, running, pod }: Saturation,
): Promise<Measurement> {
  const { pid } = running.child;
  const mainBefore = mainThreadCpuMs(pid);
  const throttled = throttledSince(pod);
  const { figures, ...rest } = await measureRun(load, bench.seconds, running, backends);
  const throttledPercent = throttled();
  const mainMs = mainThreadCpuMs(pid) - mainBefore;
  const webhooks = (figures.webhooksPerS ?? 0) * bench.seconds;
  return {
    ...rest,
    figures: {
      ...figures,
      ...(isNode(contender) && webhooks > 0 ? { mainCpuMsPerWebhook: mainMs / webhooks } : {}),
      ...(throttledPercent === undefined ? {} : { throttledPercent }),
    },
  };
}

function throttledSince(pod: Cgroup): () => number | undefined {
  const before = pod.throttling();
  return () => {
    const after = pod.throttling();
    return before === undefined || after === undefined ? undefined : throttledPercent(before, after);
  };
}

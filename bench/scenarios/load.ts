import { type BackendSet } from '../backends/backend-set.js';
import { healthyBackends } from '../backends/healthy-backends.js';
import { ProgramBackends } from '../backends/program-backends.js';
import { type Bench } from '../bench-context.js';
import { type Contender, oneIsDown, remembersAll, spoolOf } from '../contenders/contender.js';
import { metricSum } from '../contenders/metric-sum.js';
import { type RunningContender, startContender } from '../contenders/start-contender.js';
import { SECRET } from '../load/payload.js';
import { type Load, wrkFaults, wrkLoad } from '../load/wrk.js';
import { type Measurement } from '../measurement.js';
import { watchOthers } from '../process/machine-cpu.js';
import { cpuMs, memory } from '../process/process-tree.js';
import { scoped } from '../../testing/scoped.js';
import { signatureFaults } from './signature-check.js';

export interface LoadShape {
  readonly bodyBytes: number;
  readonly backends: number;
  /** Ms a backend takes to answer; 0: the cheapest backends there are. */
  readonly delayMs: number;
}

/** Load by wrk on one contender, fresh backends and all. */
export function measureLoad(shape: LoadShape, contender: Contender, bench: Bench): Promise<Measurement> {
  return scoped(async (defer) => {
    const backends = await backendsFor(shape, bench);
    defer(() => backends.stop());
    return measureLoadOn(backends, shape, contender, bench);
  });
}

export const backendsFor = ({ backends, delayMs }: LoadShape, bench: Bench): Promise<BackendSet> =>
  delayMs > 0 ? ProgramBackends.start(backends, { delayMs }) : healthyBackends(bench.tools, backends);

export function measureLoadOn(
  { urls }: BackendSet,
  { bodyBytes, backends }: LoadShape,
  contender: Contender,
  bench: Bench,
): Promise<Measurement> {
  return scoped(async (defer) => {
    const running = await startContender(bench, { contender, secret: SECRET, backends: urls });
    defer(() => running.stop());
    const unsigned = contender === 'nginx' ? [] : await signatureFaults(running.url);
    const load = wrkLoad(bench.tools.wrk, running.url, bodyBytes);
    defer(() => {
      load.remove();
    });
    await load.run(bench.warmUpSeconds);
    const { faults, ...measured } = await measureRun(load, bench.seconds, running, backends);
    return { ...measured, faults: [...unsigned, ...faults, ...(await spoolFaults(contender, running))] };
  });
}

/** As much as 32 connections can ask for. */
export async function measureRun(
  load: Load,
  seconds: number,
  { child, startMs, idleRssMiB, spool }: RunningContender,
  backends: number,
): Promise<Measurement> {
  const before = cpuMs(child.pid);
  const databaseBefore = spool.databaseCpuMs();
  const others = watchOthers();
  const wrk = await load.run(seconds);
  const usedMs = cpuMs(child.pid) - before;
  const databaseMs = (spool.databaseCpuMs() ?? 0) - (databaseBefore ?? 0);
  const othersPercent = others();
  const died = child.running ? [] : [`ended by itself:\n${child.output}`];
  const figures = {
    webhooksPerS: wrk.requests / (wrk.durationUs / 1e6),
    p50Ms: wrk.p50Us / 1000,
    p99Ms: wrk.p99Us / 1000,
    ...(wrk.requests === 0
      ? {}
      : {
          cpuMsPerWebhook: usedMs / wrk.requests,
          cpuMsPerForward: usedMs / wrk.requests / backends,
          ...(databaseBefore === undefined ? {} : { databaseCpuMsPerWebhook: databaseMs / wrk.requests }),
        }),
    startMs,
    idleRssMiB,
    peakRssMiB: memory(child.pid).peakRssMiB,
  };
  return { figures, faults: [...wrkFaults(wrk), ...died], othersPercent };
}

/**
 * With a spool and healthy backends every webhook was delivered, not put by: wrk takes 202 for as good as 200. Where all are
 * to be remembered, they are.
 */
export async function spoolFaults(
  contender: Contender,
  { child, metricsUrl, spool }: RunningContender,
): Promise<string[]> {
  if (spoolOf(contender) === 'off' || oneIsDown(contender) || !child.running) return [];
  const owed = await metricSum(metricsUrl, 'sprayproxy_forwards_owed');
  const dropped = await metricSum(metricsUrl, 'sprayproxy_deliveries_not_remembered_total');
  const forgets = remembersAll(contender) && (await spool.remembered()) === 0;
  return [
    ...(owed > 0 ? [`${owed} forwards are owed though all backends are healthy`] : []),
    ...(dropped > 0 ? [`${dropped} deliveries were not remembered`] : []),
    ...(forgets ? ['no delivery is remembered'] : []),
  ];
}

import { setTimeout as delay } from 'node:timers/promises';

import { ProgramBackends } from '../backends/program-backends.js';
import { type Bench } from '../bench-context.js';
import { BenchError } from '../bench-error.js';
import { type Contender } from '../contenders/contender.js';
import { metricSum } from '../contenders/metric-sum.js';
import { makeSpoolHome } from '../contenders/spool-home.js';
import { startContender } from '../contenders/start-contender.js';
import { SECRET } from '../load/payload.js';
import { type Measurement } from '../measurement.js';
import { program } from '../paths.js';
import { Child } from '../../testing/child.js';
import { PeakMemory } from '../process/peak-memory.js';
import { scoped } from '../../testing/scoped.js';

const BYTES = 10 * 1024;
const TIMEOUT_MS = 600_000;
const INTERVAL_MS = 10;

/** Starts the program on a spool that owes one healthy backend `owed` forwards, and waits until it owes none. */
export const measureDrain = (owed: number, contender: Contender, bench: Bench): Promise<Measurement> =>
  scoped(async (defer) => {
    const backends = await ProgramBackends.start(1);
    defer(() => backends.stop());
    const spool = await makeSpoolHome(contender);
    defer(() => spool.remove());
    await fill(spool.url ?? '', backends.urls[0] as string, owed);
    const running = await startContender(bench, {
      contender,
      secret: SECRET,
      backends: backends.urls,
      spool,
      hurried: true,
    });
    defer(() => running.stop());
    const peak = new PeakMemory(running.child.pid);
    defer(() => {
      peak.stop();
    });

    // The backend is asked first: metrics cost the program that is measured.
    await until(async () => (await backends.counts()).count >= owed);
    await until(async () => (await metricSum(running.metricsUrl, 'sprayproxy_forwards_owed')) === 0);
    const drainMs = performance.now() - running.startedAt;
    const { peakRssMiB, anonymousMiB } = peak.look();
    const { count, spanMs } = await backends.counts();
    return {
      figures: {
        forwardsPerS: (count - 1) / (spanMs / 1000),
        drainMs,
        peakRssMiB,
        peakAnonymousMiB: anonymousMiB,
      },
      faults: count === owed ? [] : [`${count} forwards arrived where ${owed} were owed`],
    };
  });

/** @throws BenchError if the spool cannot be filled. */
async function fill(spool: string, backend: string, count: number): Promise<void> {
  const args = [spool, backend, String(count), String(BYTES)];
  const child = Child.start([process.execPath, program('programs/fill-spool'), ...args]);
  await Promise.race([child.exited, delay(TIMEOUT_MS, undefined, { ref: false })]);
  const status = child.process.exitCode;
  await child.stop();
  if (status !== 0) throw new BenchError(`the spool could not be filled:\n${child.output}`);
}

/** @throws BenchError if that takes longer than ten minutes. */
async function until(done: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await done())) {
    if (performance.now() - startedAt > TIMEOUT_MS)
      throw new BenchError(`not drained within ${TIMEOUT_MS} ms`);
    await delay(INTERVAL_MS);
  }
}

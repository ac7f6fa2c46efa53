import { healthyBackends } from '../backends/healthy-backends.js';
import { type Bench } from '../bench-context.js';
import { type Contender } from '../contenders/contender.js';
import { startContender } from '../contenders/start-contender.js';
import { SECRET } from '../load/payload.js';
import { type Measurement } from '../measurement.js';
import { scoped } from '../../testing/scoped.js';

const BACKENDS = 3;

/** From the start of its process until it is ready, and what it holds then. */
export const measureStart = (contender: Contender, bench: Bench): Promise<Measurement> =>
  scoped(async (defer) => {
    const backends = await healthyBackends(bench.tools, BACKENDS);
    defer(() => backends.stop());
    const running = await startContender(bench, { contender, secret: SECRET, backends: backends.urls });
    defer(() => running.stop());
    const { startMs, idleRssMiB } = running;
    return { figures: { startMs, idleRssMiB }, faults: [] };
  });

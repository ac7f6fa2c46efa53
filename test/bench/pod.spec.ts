import { measureInPod, podUnavailable } from '../../bench/scenarios/pod.js';
import { measureStart } from '../../bench/scenarios/start.js';
import { findTools } from '../../bench/tools.js';
import { MAIN } from '../../testing/paths.js';

jest.setTimeout(120_000);

const bench = {
  tools: findTools(),
  peer: undefined,
  before: { ref: 'HEAD', commit: '0', main: MAIN },
  seconds: 1,
  warmUpSeconds: 1,
  quick: true,
};

const SHAPE = { bodyBytes: 10 * 1024, backends: 3, delayMs: 0 };

const FIGURES = [
  ...['webhooksPerS', 'p50Ms', 'p99Ms', 'p50At50Ms', 'p99At50Ms', 'p50At200Ms', 'p99At200Ms'],
  ...['cpuMsPerWebhook', 'cpuMsPerForward', 'mainCpuMsPerWebhook', 'startMs', 'idleRssMiB', 'peakRssMiB'],
];

const where = podUnavailable() === undefined ? it : it.skip;

where('in a pod there is every figure, and no fault', async () => {
  const { figures, faults } = await measureInPod(SHAPE, 'floor', bench);

  expect(faults).toEqual([]);
  expect(Object.keys(figures)).toEqual(expect.arrayContaining(FIGURES));
  expect(figures.throttledPercent).toBeGreaterThanOrEqual(0);
  expect(figures.throttledAt200Percent).toBeLessThanOrEqual(100);
  expect(figures.mainCpuMsPerWebhook).toBeLessThanOrEqual(figures.cpuMsPerWebhook ?? 0);
});

it('the commit to compare with is started from its own build', async () => {
  const { figures, faults } = await measureStart('before', bench);
  expect(faults).toEqual([]);
  expect(figures.startMs).toBeGreaterThan(0);
});

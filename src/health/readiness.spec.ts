import { newGauge, samplesOf } from '../../test/support/unregistered-metrics.js';
import { Readiness } from './readiness.js';

it('is there until something stands against it, and again when nothing does any more', async () => {
  const gauge = newGauge();
  const readiness = new Readiness(gauge);
  const now = async () => [readiness.obstacle, (await samplesOf(gauge)).gauge];
  expect(await now()).toEqual([undefined, 1]);
  readiness.fall('spool lost');
  readiness.fall('shutting down');
  expect(await now()).toEqual(['spool lost', 0]);
  readiness.rise('spool lost');
  expect(await now()).toEqual(['shutting down', 0]);
  readiness.rise('shutting down');
  expect(await now()).toEqual([undefined, 1]);
});

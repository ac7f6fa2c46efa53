import { FanOutParts } from '../../../test/support/fan-out-parts.js';
import { configFor } from '../../../test/support/config-for.js';
import { MemorySpool } from '../../../test/support/memory-spool.js';
import { newGauge, samplesOf } from '../../../test/support/unregistered-metrics.js';
import { type MetricsServer } from '../../metrics/server.js';
import { DOWN_AFTER } from './backend-health.js';
import { LaneMetrics } from './lane-metrics.js';

const [A, B] = ['gauge{host="a"}', 'gauge{host="b"}'];

async function owed() {
  const spool = new MemorySpool();
  const parts = new FanOutParts({ spool, hosts: ['a', 'b'] });
  parts.react = () => 'no connection';
  await parts.fanOut.deliver(parts.delivery('1'));
  const [owedGauge, oldestAge] = [newGauge('host'), newGauge('host')];
  const [down, paused] = [newGauge('host'), newGauge('host')];
  let update: () => Promise<void> = () => Promise.resolve();
  const metricsServer = { beforeScrape: (each: typeof update) => (update = each) };
  new LaneMetrics(
    metricsServer as unknown as MetricsServer,
    parts.registry,
    parts.lanes,
    parts.pauses,
    spool,
    parts.clock,
    configFor({}),
    owedGauge,
    newGauge('host'),
    oldestAge,
    down,
    paused,
    newGauge(),
    newGauge(),
  );
  return { parts, spool, clock: parts.clock, update: () => update(), owedGauge, oldestAge, down, paused };
}

it('says what is owed once, however many ask at the same time', async () => {
  const { update, owedGauge } = await owed();
  await Promise.all([update(), update(), update()]);
  expect(await samplesOf(owedGauge)).toEqual({ [A]: 1, [B]: 1 });
});

it('lets the oldest grow older while the spool cannot be asked', async () => {
  const { spool, clock, update, oldestAge } = await owed();
  clock.pass(10_000);
  await update();
  spool.failing = true;
  clock.pass(20_000);
  await update();
  expect(await samplesOf(oldestAge)).toEqual({ [A]: 30, [B]: 30 });
});

it('says of a backend that is paused that it is, and not that it is down', async () => {
  const { parts, update, down, paused } = await owed();
  for (let n = 0; n < DOWN_AFTER; n += 1) {
    for (const host of ['a', 'b']) {
      await parts.lanes.of(parts.backend(host)).attempt(parts.delivery(`more ${n}`));
    }
  }
  await parts.pauses.pause(parts.backend('a').key, {});
  await update();
  expect(await samplesOf(down)).toEqual({ [A]: 0, [B]: 1 });
  expect(await samplesOf(paused)).toEqual({ [A]: 1, [B]: 0 });
});

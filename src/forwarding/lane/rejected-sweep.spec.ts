import { captureLog } from '../../../test/support/captured-log.js';
import { configFor } from '../../../test/support/config-for.js';
import { FanOutParts, settle } from '../../../test/support/fan-out-parts.js';
import { RejectedSweep } from './rejected-sweep.js';

const HOUR_MS = 3_600_000;

async function rejected() {
  const parts = new FanOutParts({ hosts: ['a', 'b'] });
  parts.react = (host) => (host === 'a' ? 422 : 202);
  await parts.fanOut.deliver(parts.delivery('1'));
  await settle();
  const log = captureLog();
  const sweep = new RejectedSweep(parts.spool, parts.clock, configFor(), log.logger);
  sweep.onApplicationBootstrap();
  return { parts, sweep };
}

it.each([
  [24 * HOUR_MS - 1, true],
  [24 * HOUR_MS, false],
])('what was rejected is kept after %d ms: %j', async (ms, kept) => {
  const { parts } = await rejected();
  parts.clock.pass(ms);
  await settle();
  expect(parts.spool.bytes > 0).toBe(kept);
});

it('keeps nothing going after the end', async () => {
  const { parts, sweep } = await rejected();
  sweep.onApplicationShutdown();
  parts.clock.pass(48 * HOUR_MS);
  await settle();
  expect(parts.spool.bytes).toBeGreaterThan(0);
});

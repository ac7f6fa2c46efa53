import { FakeClock } from '../../test/support/fake-clock.js';
import { QUIET_MS, untilUnsought } from './until-unsought.js';

const DELAY_MS = 15_000;

let clock: FakeClock;
let sought: { lastRequestAt: number };
let isOver: boolean;

beforeEach(() => {
  clock = new FakeClock();
  sought = { lastRequestAt: -Infinity };
  isOver = false;
});

const begin = (delayMs = DELAY_MS) => {
  void untilUnsought(sought, delayMs, clock).then(() => (isOver = true));
};

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

/** @param everyMs requests come this often; absent: none does */
async function pass(ms: number, everyMs = Infinity): Promise<void> {
  await settled();
  for (let passed = 0; passed < ms; passed += Math.min(everyMs, ms - passed)) {
    clock.pass(Math.min(everyMs, ms - passed));
    if (everyMs < Infinity) sought.lastRequestAt = clock.monotonic();
    await settled();
  }
}

it('lasts for the delay where nobody sends', async () => {
  begin();
  await pass(DELAY_MS - 1);
  expect(isOver).toBe(false);
  await pass(1);
  expect(isOver).toBe(true);
});

it('lasts until nobody has sent for a while', async () => {
  begin();
  await pass(DELAY_MS + 5000, 500);
  expect(isOver).toBe(false);
  await pass(QUIET_MS - 1);
  expect(isOver).toBe(false);
  await pass(1);
  expect(isOver).toBe(true);
});

it('lasts no longer than twice the delay, whoever goes on sending', async () => {
  begin();
  await pass(2 * DELAY_MS - 500, 500);
  expect(isOver).toBe(false);
  await pass(500, 500);
  expect(isOver).toBe(true);
});

it('is over at once without a delay', async () => {
  sought.lastRequestAt = clock.monotonic();
  begin(0);
  await pass(0);
  expect(isOver).toBe(true);
});

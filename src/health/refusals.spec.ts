import { FakeClock } from '../../test/support/fake-clock.js';
import { QUIET_MS, Refusals } from './refusals.js';

let clock: FakeClock;
let refusals: Refusals;
let ends: number;

beforeEach(() => {
  clock = new FakeClock();
  refusals = new Refusals(clock);
  ends = 0;
  refusals.onOver = () => (ends += 1);
});

it.each([
  [503, true],
  [502, true],
  [500, true],
  [413, false],
  [400, false],
  [202, false],
  [200, false],
])('after %d, refusing goes on: %p', (status, expected) => {
  refusals.answered(status);
  expect(refusals.areGoingOn).toBe(expected);
});

it('is over when one is answered well, or none has come for a while', () => {
  refusals.answered(503);
  clock.pass(QUIET_MS - 1);
  expect(refusals.areGoingOn).toBe(true);
  clock.pass(1);
  expect(refusals.areGoingOn).toBe(false);
  refusals.answered(503);
  refusals.answered(200);
  expect(refusals.areGoingOn).toBe(false);
});

it('tells that it is over once, a while after the last', () => {
  refusals.answered(503);
  clock.pass(QUIET_MS / 2);
  refusals.answered(503);
  clock.pass(QUIET_MS - 1);
  expect(ends).toBe(0);
  clock.pass(1);
  expect(ends).toBe(1);
  clock.pass(10 * QUIET_MS);
  expect(ends).toBe(1);
});

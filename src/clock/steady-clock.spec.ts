import { FakeClock } from '../../test/support/fake-clock.js';
import { SteadyClock } from './steady-clock.js';

const HOUR_MS = 3_600_000;

describe('SteadyClock', () => {
  let clock: FakeClock;
  let steady: SteadyClock;
  let start: number;

  beforeEach(() => {
    clock = new FakeClock();
    start = clock.now();
    steady = new SteadyClock(clock, 72 * HOUR_MS);
  });

  it.each([
    [HOUR_MS - 1, false],
    [HOUR_MS, true],
  ])('says of a moment an hour away, after %d ms, that it is past: %j', (ms, past) => {
    clock.pass(ms);
    expect(steady.isPast(start + HOUR_MS)).toBe(past);
  });

  it('believes nothing at its first look', () => {
    expect(steady.isPast(start - 100 * HOUR_MS)).toBe(false);
  });

  it.each([
    [59_999, false],
    [60_000, true],
  ])('believes a clock that was set ahead after %d ms: %j', (ms, past) => {
    clock.pass(HOUR_MS);
    clock.set(80 * HOUR_MS);
    expect(steady.isPast(start + 72 * HOUR_MS)).toBe(false);
    clock.pass(ms);
    expect(steady.isPast(start + 72 * HOUR_MS)).toBe(past);
  });

  it('goes on as before when the clock is set back again', () => {
    clock.pass(HOUR_MS);
    expect(steady.isPast(start + HOUR_MS)).toBe(true);
    clock.set(80 * HOUR_MS);
    steady.isPast(start + 72 * HOUR_MS);
    clock.pass(2000);
    clock.set(-80 * HOUR_MS);
    clock.pass(HOUR_MS);
    expect(steady.isPast(start + 72 * HOUR_MS)).toBe(false);
    expect(steady.isPast(start + 2 * HOUR_MS)).toBe(true);
  });

  it('takes a tenth of what is to be judged, if that is shorter', () => {
    const soon = new SteadyClock(clock, 2000);
    clock.pass(199);
    expect(soon.isPast(start)).toBe(false);
    clock.pass(1);
    expect(soon.isPast(start)).toBe(true);
  });
});

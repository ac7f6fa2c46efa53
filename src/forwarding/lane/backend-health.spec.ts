import { FakeClock } from '../../../test/support/fake-clock.js';
import { Backend } from '../../model/backend.js';
import { type Outcome } from '../../model/outcome.js';
import { BackendHealth, DOWN_AFTER } from './backend-health.js';

const backend = new Backend(new URL('http://pac'), 'static');
let clock: FakeClock;
let health: BackendHealth;

beforeEach(() => {
  clock = new FakeClock();
  health = new BackendHealth(clock, { minMs: 1000, maxMs: 60_000, maxConcurrency: 3 });
});

const observe = (outcome: Outcome, durationMs = 0, retryAfterMs?: number) => {
  health.begin();
  health.observe({ backend, outcome, durationMs, ...(retryAfterMs !== undefined && { retryAfterMs }) });
};
const pauseMs = () => health.retryAt - clock.monotonic();

describe('BackendHealth', () => {
  it('of a backend that nobody has tried is good', () => {
    expect(health).toMatchObject({ down: false, retryAt: 0, concurrency: 3, failingSince: undefined });
  });

  it.each(['refused', 'unknown'] as const)(`is down after ${DOWN_AFTER} times %s in a row`, (outcome) => {
    for (let n = 1; n < DOWN_AFTER; n += 1) observe(outcome);
    expect(health.down).toBe(false);
    observe(outcome);
    expect(health.down).toBe(true);
  });

  it.each(['accepted', 'rejected'] as const)('is good again once it has %s', (outcome) => {
    for (let n = 0; n < DOWN_AFTER; n += 1) observe('refused');
    observe(outcome);
    expect(health).toMatchObject({ down: false, retryAt: 0, failingSince: undefined });
    observe('refused');
    expect(health.down).toBe(false);
  });

  it('pauses longer with every failure', () => {
    const pauses = Array.from({ length: 8 }, () => {
      clock.pass(100_000);
      observe('refused');
      return pauseMs();
    });
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('takes failures at the same time for one reason to wait', () => {
    observe('refused', 10);
    clock.pass(5);
    observe('refused', 10);
    expect(pauseMs()).toBe(495);
    clock.pass(10);
    observe('refused', 5);
    expect(pauseMs()).toBe(1000);
  });

  it('honours what a backend asks for', () => {
    observe('refused', 0, 10_000);
    expect(pauseMs()).toBe(10_000);
  });

  it.each([-1, 1])('makes the same pause though the clock is set (%d day)', (days) => {
    observe('refused');
    clock.set(days * 86_400_000);
    expect(pauseMs()).toBe(500);
    clock.pass(499);
    expect(pauseMs()).toBe(1);
  });

  it('honours it also of a failure that began before the last one', () => {
    observe('refused');
    clock.pass(5);
    observe('refused', 10, 10_000);
    expect(pauseMs()).toBe(10_000);
    observe('refused', 10, 1_000_000);
    expect(pauseMs()).toBe(60_000);
  });

  it('may be probed by one attempt, when it is time', () => {
    observe('refused');
    expect(health.mayProbe).toBe(false);
    clock.pass(500);
    expect(health.mayProbe).toBe(true);
    health.begin();
    expect(health.mayProbe).toBe(false);
  });

  it('allows one attempt after a failure, one more with every success, up to the most', () => {
    observe('unknown');
    expect(health.concurrency).toBe(1);
    const allowed = Array.from({ length: 3 }, () => {
      observe('accepted');
      return health.concurrency;
    });
    expect(allowed).toEqual([2, 3, 3]);
  });

  it('knows since when a backend fails', () => {
    const since = clock.monotonic();
    observe('refused');
    clock.pass(1000);
    observe('unknown');
    expect(health.failingSince).toBe(since);
  });
});

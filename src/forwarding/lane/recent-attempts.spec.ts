import { FakeClock } from '../../../test/support/fake-clock.js';
import { type AttemptResult } from '../../model/attempt.js';
import { Backend } from '../../model/backend.js';
import { RecentAttempts } from './recent-attempts.js';

const backend = new Backend(new URL('https://a.example.com'), 'static');
const accepted = (durationMs: number): AttemptResult => ({
  backend,
  outcome: 'accepted',
  status: 202,
  durationMs,
});
const refused: AttemptResult = { backend, outcome: 'refused', error: 'ECONNREFUSED', durationMs: 1 };

const zeros = (count: number) => Array.from({ length: count }, () => 0);
const nulls = (count: number) => Array.from({ length: count }, () => null);

it('counts by the minute, the one that runs last', () => {
  const clock = new FakeClock();
  const recent = new RecentAttempts(clock);
  expect(recent.perMinute).toEqual(zeros(15));
  recent.record(accepted(10));
  recent.record(accepted(20));
  clock.pass(60_000);
  recent.record(refused);
  clock.pass(60_000);
  expect(recent.perMinute).toEqual([...zeros(12), 2, 1, 0]);
  // What got no answer has no latency.
  expect(recent.latencyMs).toEqual([...nulls(12), 15, null, null]);
});

it('forgets what is older, with and without what came after', () => {
  const clock = new FakeClock();
  const recent = new RecentAttempts(clock);
  for (let minute = 0; minute < 40; minute += 1) {
    recent.record(accepted(minute));
    clock.pass(60_000);
  }
  expect(recent.latencyMs).toEqual([...Array.from({ length: 14 }, (_, at) => 26 + at), null]);
  clock.pass(15 * 60_000);
  expect(recent.perMinute).toEqual(zeros(15));
});

it('knows the last success, and the last failure until something is served', () => {
  const clock = new FakeClock();
  const recent = new RecentAttempts(clock);
  recent.record(refused);
  expect([recent.lastAcceptedAt, recent.lastFailure]).toEqual([undefined, refused]);
  recent.record(accepted(1));
  expect([recent.lastAcceptedAt, recent.lastFailure]).toEqual([clock.now(), undefined]);
  recent.record({ backend, outcome: 'rejected', status: 422, durationMs: 1 });
  expect(recent.lastFailure).toBeUndefined();
});

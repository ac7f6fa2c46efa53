import fc from 'fast-check';

import {
  type AttemptRecord,
  begin,
  bury,
  DELIVERY_GUARANTEES,
  filteredForward,
  type Forward,
  interruptedAttempt,
  isKept,
  isRunning,
  MAX_KEPT_ATTEMPTS,
  MAX_REFUSED_ALONE,
  MAX_UNKNOWN_ATTEMPTS,
  newForward,
  revive,
  withdraw,
  settle,
  type SettleRules,
  shownState,
} from './forward.js';
import { type Outcome, OUTCOMES } from './outcome.js';

const attempt = (outcome: Outcome, at = 0): AttemptRecord => ({ at, outcome, durationMs: 1, status: 200 });

const RULES: SettleRules = { guarantee: 'at-least-once', othersGotThrough: false };

const anyGuarantee = fc.constantFrom(...DELIVERY_GUARANTEES);
const anyOutcome = fc.constantFrom(...OUTCOMES);

/**
 * What may happen to a forward, as the words of the table tell it; `alone` is a refusal while others got through, `end`
 * the end of the process.
 */
const anyEvent = fc.oneof(
  { weight: 4, arbitrary: anyOutcome },
  { weight: 4, arbitrary: fc.constant('alone' as const) },
  { weight: 1, arbitrary: fc.constantFrom('bury' as const, 'revive' as const, 'end' as const) },
);

const afterOutcomes = (outcomes: readonly Outcome[], rules: Partial<SettleRules> = {}): Forward =>
  outcomes.reduce(
    (forward, outcome, at) => settle(begin(forward, at), attempt(outcome, at), { ...RULES, ...rules }),
    newForward('http://backend'),
  );

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

it('is owed at first, and keeps its payload', () => {
  const forward = newForward('http://backend');
  expect(forward).toMatchObject({ state: 'owed', attemptCount: 0, attempts: [], unknownCount: 0 });
  expect([isKept(forward), isRunning(forward)]).toEqual([true, false]);
});

it('has the state that the table gives for any sequence of events', () => {
  fc.assert(
    fc.property(anyGuarantee, fc.array(anyEvent, { maxLength: 60 }), (guarantee, events) => {
      let forward = newForward('http://backend');
      let state = 'owed';
      let unknown = 0;
      let refusedAlone = 0;
      let attempts = 0;
      for (const [at, event] of events.entries()) {
        const running = begin(forward, at);
        if (event === 'bury') {
          forward = bury(forward, 'too old');
          if (state === 'owed') state = 'dead';
        } else if (event === 'revive') {
          forward = revive(forward);
          state = 'owed';
          unknown = refusedAlone = 0;
        } else {
          expect(isRunning(running)).toBe(true);
          const ended =
            event === 'end'
              ? interruptedAttempt(running)
              : attempt(event === 'alone' ? 'refused' : event, at);
          forward = settle(running, ended, { guarantee, othersGotThrough: event === 'alone' });
          attempts += 1;
          if (event === 'accepted' || event === 'rejected') state = event;
          else if (state === 'owed' && event === 'alone') {
            refusedAlone += 1;
            if (refusedAlone === MAX_REFUSED_ALONE) state = 'dead';
          } else if (state === 'owed') {
            const isUnknown = event !== 'refused';
            if (isUnknown) unknown += 1;
            const mayRepeat = guarantee === 'at-least-once' && unknown < MAX_UNKNOWN_ATTEMPTS;
            state = isUnknown && !mayRepeat ? 'dead' : 'owed';
          }
        }
        expect(forward).toMatchObject({ backend: 'http://backend', state, attemptCount: attempts });
        expect(forward.unknownCount).toBe(unknown);
        expect(forward.refusedAloneCount ?? 0).toBe(refusedAlone);
        expect(forward.attempts).toHaveLength(Math.min(attempts, MAX_KEPT_ATTEMPTS));
        expect(isKept(forward)).toBe(state !== 'accepted');
        expect(forward.reason === undefined).toBe(state !== 'dead');
        expect(isRunning(forward)).toBe(false);
        expect(forward).not.toHaveProperty('claimedBy');
      }
    }),
  );
});

it.each([
  ['owed', undefined, true],
  ['dead', undefined, true],
  ['rejected', undefined, true],
  ['rejected', true, false],
  ['accepted', undefined, false],
] as const)('%s, released %s: keeps its payload %s', (state, released, kept) => {
  const forward = { ...newForward('http://backend'), state, ...(released && { released }) };
  expect(isKept(forward)).toBe(kept);
});

it.each([
  [1, 'owed'],
  [MAX_REFUSED_ALONE - 1, 'owed'],
  [MAX_REFUSED_ALONE, 'dead'],
])('after %d refusals while its backend accepted others it is %s', (count, state) => {
  const forward = afterOutcomes(times(count, 'refused'), { othersGotThrough: true });
  expect(forward).toMatchObject({ state, refusedAloneCount: count });
  expect(forward.reason).toBe(
    state === 'dead' ? `refused ${count} times while the backend accepted others` : undefined,
  );
});

it('is refused together with others for ever', () => {
  const forward = afterOutcomes(times(500, 'refused'));
  expect(forward.state).toBe('owed');
  expect(forward).not.toHaveProperty('refusedAloneCount');
});

it.each([
  ['at-least-once', 1, 'owed'],
  ['at-least-once', MAX_UNKNOWN_ATTEMPTS - 1, 'owed'],
  ['at-least-once', MAX_UNKNOWN_ATTEMPTS, 'dead'],
  ['at-most-once', 1, 'dead'],
] as const)('%s: after %d attempts of unknown outcome it is %s', (guarantee, count, state) => {
  expect(afterOutcomes(times(count, 'unknown'), { guarantee }).state).toBe(state);
});

it('counts unknown outcomes with any number of refusals between them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }), (refusals) => {
      const outcomes = refusals.flatMap((count) => [...times<Outcome>(count, 'refused'), 'unknown' as const]);
      expect(afterOutcomes(outcomes.slice(0, -1)).state).toBe('owed');
      expect(afterOutcomes(outcomes)).toMatchObject({ state: 'dead', unknownCount: 3 });
    }),
  );
});

it.each([
  [MAX_KEPT_ATTEMPTS - 1, 0],
  [MAX_KEPT_ATTEMPTS, 0],
  [MAX_KEPT_ATTEMPTS + 1, 1],
  [500, 500 - MAX_KEPT_ATTEMPTS],
])('after %d attempts it keeps the latest, from number %d', (count, first) => {
  const forward = afterOutcomes(times(count, 'refused'));
  expect(forward.attemptCount).toBe(count);
  expect(forward.attempts.map(({ at }) => at)).toEqual(
    Array.from({ length: count - first }, (_, n) => first + n),
  );
});

it.each([
  ['at-most-once', 1, 'outcome unknown 1 time: the backend may have taken it'],
  ['at-least-once', 3, 'outcome unknown 3 times: the backend may have taken it'],
] as const)('%s: it tells why it is dead after %d', (guarantee, count, reason) => {
  expect(afterOutcomes(times(count, 'unknown'), { guarantee })).toMatchObject({ reason });
});

describe('an attempt that is running', () => {
  const running = begin(newForward('http://backend'), 7);

  it('is told, until it has ended', () => {
    expect(running).toMatchObject({ state: 'owed', runningSince: 7 });
    expect(isRunning(running)).toBe(true);
    const claimed = { ...running, claimedBy: 'somebody' };
    const settled = settle(claimed, attempt('refused'), RULES);
    expect([isRunning(settled), settled.claimedBy]).toEqual([false, undefined]);
  });

  it('has an unknown outcome if the process ends', () => {
    expect(interruptedAttempt(running)).toEqual({
      at: 7,
      outcome: 'unknown',
      durationMs: 0,
      error: 'the process ended during the attempt',
    });
  });

  it('goes on when the forward is given up, and only a verdict of the backend counts then', () => {
    const buried = bury(running, 'too old');
    expect(buried).toMatchObject({ state: 'dead', reason: 'too old', runningSince: 7 });
    for (const outcome of ['refused', 'unknown'] as const) {
      expect(settle(buried, attempt(outcome), RULES)).toMatchObject({
        state: 'dead',
        reason: 'too old',
        attemptCount: 1,
      });
    }
    for (const outcome of ['accepted', 'rejected'] as const) {
      const settled = settle(buried, attempt(outcome), RULES);
      expect(settled.state).toBe(outcome);
      expect(settled).not.toHaveProperty('reason');
    }
  });
});

describe('giving up', () => {
  it.each(['accepted', 'rejected'] as const)('changes nothing once it is %s', (outcome) => {
    const forward = afterOutcomes([outcome]);
    expect(bury(forward, 'too old')).toBe(forward);
  });

  it('keeps the first reason', () => {
    const dead = bury(newForward('http://backend'), 'first');
    expect(bury(dead, 'second')).toBe(dead);
  });
});

describe('filtered', () => {
  const filtered = filteredForward('http://a', 'events');
  const accepted = { at: 1, outcome: 'accepted', durationMs: 1 } as const;
  const rules: SettleRules = { guarantee: 'at-least-once', othersGotThrough: false };

  it('is shown as such, is not missed, and is accepted to a program that does not know it', () => {
    expect([shownState(filtered), isKept(filtered), filtered.state]).toEqual(['filtered', false, 'accepted']);
  });

  it('is none any more once it has been sent, also by such a program', () => {
    expect(revive(filtered)).toEqual(newForward('http://a'));
    expect(shownState(settle(revive(filtered), accepted, rules))).toBe('accepted');
    const { reason, ...marked } = filtered;
    expect(shownState({ ...marked, state: 'owed' })).toBe('owed');
    expect(shownState(settle({ ...marked, state: 'owed' }, accepted, rules))).toBe('accepted');
  });
});

it('revived, it is owed whatever came of it, with its history and fresh counts', () => {
  fc.assert(
    fc.property(
      anyGuarantee,
      fc.boolean(),
      fc.array(anyOutcome, { maxLength: 15 }),
      (guarantee, othersGotThrough, outcomes) => {
        const before = afterOutcomes(outcomes, { guarantee, othersGotThrough });
        const { reason, refusedAloneCount, ...rest } = before;
        expect(revive({ ...before, released: true })).toEqual({ ...rest, state: 'owed', unknownCount: 0 });
        const again = revive(before, 7);
        expect(again).toMatchObject({ ...rest, state: 'owed', unknownCount: 0, owedSince: 7 });
        expect(withdraw(again)).toEqual(
          before.state === 'owed'
            ? again
            : { ...rest, unknownCount: 0, ...(reason !== undefined && { reason }) },
        );
        expect(withdraw(revive(again))).toEqual(revive(again));
        expect(withdraw(begin(again, 8))).toEqual(begin(again, 8));
        expect(typeof reason).toBe(before.state === 'dead' ? 'string' : 'undefined');
      },
    ),
  );
});

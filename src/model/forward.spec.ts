import fc from 'fast-check';

import {
  type AttemptRecord,
  begin,
  bury,
  DELIVERY_GUARANTEES,
  type Forward,
  interrupted,
  isOpen,
  MAX_KEPT_ATTEMPTS,
  MAX_UNKNOWN_ATTEMPTS,
  newForward,
  revive,
  reviveDead,
  reviveUnlessOwed,
  settle,
} from './forward.js';
import { type Outcome, OUTCOMES } from './outcome.js';

const attempt = (outcome: Outcome, at = 0): AttemptRecord => ({ at, outcome, durationMs: 1, status: 200 });

const anyGuarantee = fc.constantFrom(...DELIVERY_GUARANTEES);
const anyOutcome = fc.constantFrom(...OUTCOMES);

/** What may happen to a forward, as the words of the table tell it; `end` is the end of the process. */
const anyEvent = fc.oneof(
  { weight: 4, arbitrary: anyOutcome },
  { weight: 1, arbitrary: fc.constantFrom('bury' as const, 'revive' as const, 'end' as const) },
);

const afterOutcomes = (
  outcomes: readonly Outcome[],
  guarantee: (typeof DELIVERY_GUARANTEES)[number],
): Forward =>
  outcomes.reduce(
    (forward, outcome, at) => settle(begin(forward, at), attempt(outcome, at), guarantee),
    newForward('http://backend'),
  );

it('is owed at first, and keeps its payload', () => {
  const forward = newForward('http://backend');
  expect(forward).toMatchObject({ state: 'owed', attemptCount: 0, attempts: [], unknownCount: 0 });
  expect(isOpen(forward)).toBe(true);
});

it('has the state that the table gives for any sequence of events', () => {
  fc.assert(
    fc.property(anyGuarantee, fc.array(anyEvent, { maxLength: 30 }), (guarantee, events) => {
      let forward = newForward('http://backend');
      let state = 'owed';
      let unknown = 0;
      let attempts = 0;
      for (const [at, event] of events.entries()) {
        const running = begin(forward, at);
        if (event === 'bury') {
          forward = bury(forward, 'too old');
          if (state === 'owed') state = 'dead';
        } else if (event === 'revive') {
          forward = revive(forward);
          state = 'owed';
          unknown = 0;
        } else {
          forward =
            event === 'end'
              ? interrupted(running, guarantee)
              : settle(running, attempt(event, at), guarantee);
          attempts += 1;
          if (event === 'accepted' || event === 'rejected') state = event;
          else if (state === 'owed') {
            const isUnknown = event !== 'refused';
            if (isUnknown) unknown += 1;
            const mayRepeat = guarantee === 'at-least-once' && unknown < MAX_UNKNOWN_ATTEMPTS;
            state = isUnknown && !mayRepeat ? 'dead' : 'owed';
          }
        }
        expect(forward).toMatchObject({ backend: 'http://backend', state, attemptCount: attempts });
        expect(forward.unknownCount).toBe(unknown);
        expect(forward.attempts).toHaveLength(Math.min(attempts, MAX_KEPT_ATTEMPTS));
        expect(isOpen(forward)).toBe(state === 'owed' || state === 'dead');
        expect(forward.reason === undefined).toBe(state !== 'dead');
        expect(forward).not.toHaveProperty('runningSince');
      }
    }),
  );
});

it.each([
  ['at-least-once', 1, 'owed'],
  ['at-least-once', MAX_UNKNOWN_ATTEMPTS - 1, 'owed'],
  ['at-least-once', MAX_UNKNOWN_ATTEMPTS, 'dead'],
  ['at-most-once', 1, 'dead'],
] as const)('%s: after %d attempts of unknown outcome it is %s', (guarantee, count, state) => {
  expect(
    afterOutcomes(
      Array.from({ length: count }, () => 'unknown'),
      guarantee,
    ).state,
  ).toBe(state);
});

it('counts unknown outcomes with any number of refusals between them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }), (refusals) => {
      const outcomes = refusals.flatMap((count) => [
        ...Array.from({ length: count }, (): Outcome => 'refused'),
        'unknown' as const,
      ]);
      expect(afterOutcomes(outcomes.slice(0, -1), 'at-least-once').state).toBe('owed');
      expect(afterOutcomes(outcomes, 'at-least-once')).toMatchObject({ state: 'dead', unknownCount: 3 });
    }),
  );
});

it.each([
  [MAX_KEPT_ATTEMPTS - 1, 0],
  [MAX_KEPT_ATTEMPTS, 0],
  [MAX_KEPT_ATTEMPTS + 1, 1],
  [500, 500 - MAX_KEPT_ATTEMPTS],
])('after %d attempts it keeps the latest, from number %d', (count, first) => {
  const forward = afterOutcomes(
    Array.from({ length: count }, () => 'refused'),
    'at-least-once',
  );
  expect(forward.attemptCount).toBe(count);
  expect(forward.attempts.map(({ at }) => at)).toEqual(
    Array.from({ length: count - first }, (_, n) => first + n),
  );
});

it.each([
  ['at-most-once', 1, 'outcome unknown 1 time: the backend may have taken it'],
  ['at-least-once', 3, 'outcome unknown 3 times: the backend may have taken it'],
] as const)('%s: it tells why it is dead after %d', (guarantee, count, reason) => {
  expect(
    afterOutcomes(
      Array.from({ length: count }, () => 'unknown'),
      guarantee,
    ),
  ).toMatchObject({ reason });
});

describe('an attempt that is running', () => {
  const running = begin(newForward('http://backend'), 7);

  it('is told, until it has ended', () => {
    expect(running).toMatchObject({ state: 'owed', runningSince: 7 });
    expect(settle(running, attempt('refused'), 'at-least-once')).not.toHaveProperty('runningSince');
  });

  it.each(DELIVERY_GUARANTEES)('has an unknown outcome if the process ends (%s)', (guarantee) => {
    expect(interrupted(running, guarantee)).toEqual(
      settle(
        running,
        { at: 7, outcome: 'unknown', durationMs: 0, error: 'the process ended during the attempt' },
        guarantee,
      ),
    );
  });

  it('goes on when the forward is given up, and only a verdict of the backend counts then', () => {
    const buried = bury(running, 'too old');
    expect(buried).toMatchObject({ state: 'dead', reason: 'too old', runningSince: 7 });
    for (const outcome of ['refused', 'unknown'] as const) {
      expect(settle(buried, attempt(outcome), 'at-least-once')).toMatchObject({
        state: 'dead',
        reason: 'too old',
        attemptCount: 1,
      });
    }
    for (const outcome of ['accepted', 'rejected'] as const) {
      const settled = settle(buried, attempt(outcome), 'at-least-once');
      expect(settled.state).toBe(outcome);
      expect(settled).not.toHaveProperty('reason');
    }
  });

  it('was not there: a forward that was not running is as it was', () => {
    const forward = newForward('http://backend');
    expect(interrupted(forward, 'at-most-once')).toBe(forward);
  });
});

describe('giving up', () => {
  it.each(['accepted', 'rejected'] as const)('changes nothing once it is %s', (outcome) => {
    const forward = afterOutcomes([outcome], 'at-least-once');
    expect(bury(forward, 'too old')).toBe(forward);
  });

  it('keeps the first reason', () => {
    const dead = bury(newForward('http://backend'), 'first');
    expect(bury(dead, 'second')).toBe(dead);
  });
});

describe('reviving', () => {
  it('makes it owed whatever came of it, with its history and a fresh count of unknown outcomes', () => {
    fc.assert(
      fc.property(anyGuarantee, fc.array(anyOutcome, { maxLength: 15 }), (guarantee, outcomes) => {
        const before = afterOutcomes(outcomes, guarantee);
        const { reason, ...rest } = before;
        expect(revive(before)).toEqual({ ...rest, state: 'owed', unknownCount: 0 });
        expect(typeof reason).toBe(before.state === 'dead' ? 'string' : 'undefined');
      }),
    );
  });

  const once = { ...afterOutcomes(['unknown'], 'at-least-once') };
  it.each([
    ['owed', once, once, once],
    ['dead', bury(once, 'too old'), { ...once, unknownCount: 0 }, { ...once, unknownCount: 0 }],
    [
      'accepted',
      { ...once, state: 'accepted' },
      { ...once, state: 'accepted' },
      { ...once, unknownCount: 0 },
    ],
    [
      'rejected',
      { ...once, state: 'rejected' },
      { ...once, state: 'rejected' },
      { ...once, unknownCount: 0 },
    ],
  ] as const)(
    'where it is missing, or everywhere, makes of one that is %s',
    (_state, forward, missing, all) => {
      expect(reviveDead(forward)).toEqual(missing);
      expect(reviveUnlessOwed(forward)).toEqual(all);
    },
  );
});

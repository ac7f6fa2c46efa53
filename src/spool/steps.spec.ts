import { begin, bury, filteredForward, type Forward, newForward, settle } from '../model/forward.js';
import { type Outcome } from '../model/outcome.js';
import { toReconcile } from './steps.js';

const A = 'http://a';
const RULES = { guarantee: 'at-most-once', othersGotThrough: false } as const;
const attempt = (outcome: Outcome) => ({ at: 1, outcome, durationMs: 1 });
const delivery = { id: 1, receivedAt: 1, query: '', rawHeaders: [], payloadBytes: 0, payloadDigest: '' };

const claimedBy = (holder: string): Forward => ({ ...begin(newForward(A), 7), claimedBy: holder });
const told = (outcome: Outcome) => bury(settle(begin(newForward(A), 7), attempt(outcome), RULES), 'not kept');

/** What becomes of the forward of a delivery that was stored, when we know `known` of it. */
const after = (forward: Forward, known: Forward) =>
  toReconcile([known], 'us')({ delivery, forwards: [forward] })?.forwards[0];

describe('a delivery that turns out to be stored', () => {
  it.each<[Outcome, Partial<Forward>]>([
    ['accepted', { state: 'accepted' }],
    ['rejected', { state: 'rejected' }],
    ['refused', { state: 'owed', attemptCount: 1 }],
    ['unknown', { state: 'dead', reason: 'outcome unknown 1 time: the backend may have taken it' }],
  ])('is settled where our attempt was %s', (outcome, expected) => {
    const settled = after(claimedBy('us'), told(outcome));
    expect(settled).toMatchObject(expected);
    expect(settled).not.toHaveProperty('claimedBy');
    expect(settled).not.toHaveProperty('runningSince');
  });

  it('is left to who sends what was filtered', () => {
    expect(after(claimedBy('us'), filteredForward(A, 'events'))).toBeUndefined();
  });

  it('is left alone while our attempt is running', () => {
    expect(after(claimedBy('us'), begin(newForward(A), 7))).toBeUndefined();
  });

  it('is left to who has taken it over, unless the backend has answered us', () => {
    expect(after(claimedBy('them'), told('refused'))).toBeUndefined();
    expect(after(claimedBy('them'), told('accepted'))).toMatchObject({
      state: 'accepted',
      runningSince: 7,
      claimedBy: 'them',
    });
  });

  it('is over where the backend had accepted it before anybody tried again', () => {
    expect(after(newForward(A), told('accepted'))).toMatchObject({ state: 'accepted' });
  });

  it('keeps what came of it since', () => {
    const dead = bury(newForward(A), 'too old');
    expect(after(dead, told('refused'))).toBeUndefined();
    expect(after(told('rejected'), told('accepted'))).toBeUndefined();
    expect(after(dead, told('accepted'))).toMatchObject({ state: 'accepted' });
  });
});

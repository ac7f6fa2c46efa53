import { type RecoveryNote } from '../model/recovery-note.js';
import { type GithubAttempt } from './github/github-attempt.js';
import { type Verdict, verdictOf } from './verdict.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 100 * HOUR;
const RULES = { intervalMs: 2 * MINUTE, maxAgeMs: 72 * HOUR, maxAttempts: 3, secretsSince: 0 };

const attempt = (ageMs: number, status: number, id = '1'): GithubAttempt => ({
  ...{ id, guid: 'a', event: 'push', isRedelivery: id !== '1', status },
  at: NOW - ageMs,
});

const asked = (
  requests: number,
  agoMs: number,
  latest = '1',
  more: Partial<RecoveryNote> = {},
): RecoveryNote => ({
  ...{ failedAt: 0, requests, latest, by: '' },
  requestedAt: NOW - agoMs,
  ...more,
});

it.each<
  [
    Verdict,
    string,
    { age?: number; status?: number; id?: string; note?: RecoveryNote; secretsSince?: number },
  ]
>([
  ['ask', 'that has just failed', {}],
  ['ask', 'that is as old as may be', { age: 72 * HOUR }],
  ['too old', 'that is older', { age: 72 * HOUR + 1 }],
  ['refused', 'that is too large', { status: 413 }],
  ['refused', 'that was signed with no secret of ours', { status: 400 }],
  ['refused', 'that was, at the moment of a rotation', { status: 400, age: HOUR, secretsSince: NOW - HOUR }],
  ['ask', 'that was, before a rotation', { status: 400, age: HOUR, secretsSince: NOW - HOUR + 1 }],
  ['ask', 'that found no path', { status: 404 }],
  ['under way', 'asked for a moment ago', { note: asked(1, 1) }],
  ['under way', 'asked for nearly five minutes ago', { note: asked(1, 5 * MINUTE - 1) }],
  ['ask', 'of which nothing has come for five minutes', { note: asked(1, 5 * MINUTE) }],
  ['later', 'that has failed again just now', { id: '2', note: asked(1, 2 * MINUTE - 1) }],
  ['ask', 'that has failed again an interval ago', { id: '2', note: asked(1, 2 * MINUTE) }],
  ['later', 'that has failed twice again', { id: '2', note: asked(2, 16 * MINUTE - 1) }],
  ['ask', 'that has failed twice again, long ago', { id: '2', note: asked(2, 16 * MINUTE) }],
  ['given up', 'that has failed as often as may be', { id: '2', note: asked(3, 1) }],
  ['under way', 'asked for the last time', { note: asked(3, 1) }],
  ['given up', 'of which nothing came the last time', { note: asked(3, 5 * MINUTE) }],
  ['given up', 'that was given up', { id: '2', note: asked(1, HOUR, '1', { givenUp: true }) }],
  ['ask', 'that GitHub would not hear of', { note: asked(0, NOW, '1') }],
])('%s: one %s', (expected, _which, { age = 1000, status = 503, id = '1', note, secretsSince = 0 }) => {
  const delivery = { first: attempt(age, status), latest: attempt(age, status, id) };
  expect(verdictOf(delivery, note, { ...RULES, secretsSince }, NOW)).toBe(expected);
});

it('takes nothing for lost within ten seconds, however short the interval', () => {
  const delivery = { first: attempt(1000, 503), latest: attempt(1000, 503) };
  const rules = { ...RULES, intervalMs: 100 };
  expect(verdictOf(delivery, asked(1, 9999), rules, NOW)).toBe('under way');
  expect(verdictOf(delivery, asked(1, 10_000), rules, NOW)).toBe('ask');
});

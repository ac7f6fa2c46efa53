import { type LaneList } from '../api/types.js';
import { meantBy, summaryOf, waitedFor } from './operation-words.js';

const BACKEND = 'https://a.example.com';
const TODAY = new Date(2026, 10, 26, 18);

it.each([
  [{ state: 'dead', backend: BACKEND }, 'what is dead at a.example.com'],
  [
    { repository: 'octocat/one', event: 'push' },
    'what is dead or rejected, event push, repository octocat/one',
  ],
  [{ state: 'dead', guid: 'x', since: '1h30m' }, 'what is dead, GUID x, received in the last 1h30m'],
  [
    { state: 'dead', since: new Date(2026, 10, 26, 16, 1, 2).toISOString() },
    'what is dead, received since 16:01:02',
  ],
])('%j: %s', (filters, words) => {
  expect(meantBy({ action: 'resend', filters }, TODAY)).toBe(words);
});

it('says what is done, and to which states where none is named', () => {
  const filters = { backend: BACKEND };
  expect([
    summaryOf({ action: 'resend', filters }),
    summaryOf({ action: 'resend', filters, accepted: true }),
    summaryOf({ action: 'discard', filters }),
  ]).toEqual([
    'Sends again what is dead or rejected at a.example.com',
    'Sends again what is dead, rejected or accepted at a.example.com',
    'Discards what is owed, dead or rejected at a.example.com',
  ]);
});

it('says why a backend takes nothing, where that is known', () => {
  const backends = (['down', 'paused', 'up'] as const).map((state) => ({
    backend: `http://${state}`,
    state,
  }));
  const lanes = { backends } as unknown as LaneList;
  const asked = [...backends.map(({ backend }) => backend), 'http://other'];
  expect(waitedFor(asked, lanes)).toBe('down (down), paused (paused), up, other (down or paused)');
  expect(waitedFor(['http://up'], undefined)).toBe('up (down or paused)');
});

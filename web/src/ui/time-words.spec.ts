import { ago, clockTime, lengthOf, milliseconds, offsetOf } from './time-words.js';

const DAY_MS = 86_400_000;

it.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [2 * DAY_MS - 1, '47 h'],
  [2 * DAY_MS, '2 days'],
])('%i ms are %s', (ms, words) => {
  expect(lengthOf(ms)).toBe(words);
});

it.each([
  [-5000, 'just now'],
  [999, 'just now'],
  [1000, '1 s ago'],
])('%i ms back is %s', (ms, words) => {
  expect(ago(ms)).toBe(words);
});

it.each([
  [9.94, '9.9 ms'],
  [10, '10 ms'],
  [9999, '9999 ms'],
  [10_000, '10.0 s'],
])('%d ms as a duration: %s', (ms, words) => {
  expect(milliseconds(ms)).toBe(words);
});

it.each([
  [0, 'UTC'],
  [60, 'UTC+1'],
  [-210, 'UTC-3:30'],
  [330, 'UTC+5:30'],
])('%i minutes ahead is %s', (minutes, words) => {
  expect(offsetOf(minutes)).toBe(words);
});

it('has the date where it is another day', () => {
  const date = new Date(2026, 0, 2, 3, 4, 5);
  expect(clockTime(date, new Date(2026, 0, 2, 23))).toBe('03:04:05');
  expect(clockTime(date, new Date(2026, 0, 3))).toBe('2026-01-02 03:04:05');
});

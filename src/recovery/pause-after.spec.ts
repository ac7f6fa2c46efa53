import { pauseAfter } from './pause-after.js';

const MINUTE = 60_000;

it.each<[number, number, number, number]>([
  [1, 2 * MINUTE, 0, 2 * MINUTE],
  [2, 2 * MINUTE, 0, 4 * MINUTE],
  [4, 2 * MINUTE, 0, 15 * MINUTE],
  [2000, 2 * MINUTE, 0, 15 * MINUTE],
  [5, 60 * MINUTE, 0, 60 * MINUTE],
  [1, 2 * MINUTE, 45 * MINUTE, 45 * MINUTE],
])(
  'after %d failures, an interval of %d ms, and told to wait for %d ms: %d ms',
  (failures, interval, told, ms) => {
    expect(pauseAfter(failures, interval, told)).toBe(ms);
  },
);

import { interval } from './interval.js';

it.each([
  [0, 'short', 1],
  [7, 'short', 2],
  [800, 'short', 200],
  [0.3, 's', 0.1],
  [10, 's', 5],
  [95, 's', 30],
  [900, 's', 300],
  [64 * 1024 ** 2, 'bytes', 16 * 1024 ** 2],
  [1, 'percentunit', 0.5],
])('marks a range of %d in %s every %d', (range, unit, step) => {
  expect(interval(range, unit)).toBeCloseTo(step, 9);
});

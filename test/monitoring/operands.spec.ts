import { operandsOf } from './support/operands.js';

it.each([
  ['a > 1', ['a']],
  ['a > 14.4 * 0.001', ['a']],
  ['a > b + 10', ['a', 'b + 10']],
  ['absent(up{job="x"})', ['up{job="x"}']],
  ['a == 0 or absent(a)', ['a']],
  ['(a > 1 and sum by (x) (b) > 2) or (c > 3)', ['a', 'sum by (x) (b)', 'c']],
  ['a unless min_over_time(b[5m]) == 1', ['a', 'min_over_time(b[5m])']],
  ['max by (x) (a > b)', ['a', 'b']],
  ['sum by (x) (a)', ['sum by (x) (a)']],
  ['a / (b > 0) > 0.8', ['a / (b > 0)']],
])('%s weighs %j', (expression, operands) => {
  expect(operandsOf(expression)).toEqual(operands);
});

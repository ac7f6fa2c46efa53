import { thresholdGradient } from './threshold-gradient.js';

const STEPS = [
  { value: null, color: 'green' },
  { value: 25, color: 'orange' },
  { value: 75, color: 'red' },
];
const stops = (highest: number) =>
  thresholdGradient(STEPS, { highest, lowest: 0, top: 10, bottom: 110 }).colorStops.map(
    ({ offset, color }) => [offset, color],
  );

it('changes color at each threshold, from the top down', () => {
  expect(stops(100)).toEqual([
    [0, 'red'],
    [0.25, 'red'],
    [0.25, 'orange'],
    [0.75, 'orange'],
    [0.75, 'green'],
    [1, 'green'],
  ]);
});

it('has no room for colors that no value on the axis reaches', () => {
  expect(stops(20).filter(([offset]) => offset !== 0)).toEqual([[1, 'green']]);
});

it('is placed where the axis is', () => {
  const { y, y2, global } = thresholdGradient(STEPS, { highest: 1, lowest: 0, top: 10, bottom: 110 });
  expect([y, y2, global]).toEqual([10, 110, true]);
});

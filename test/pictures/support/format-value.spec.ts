import { formatValue } from './format-value.js';

it.each([
  [0, 's', '0'],
  [0.00025, 's', '250 µs'],
  [0.05, 's', '50 ms'],
  [8, 's', '8 s'],
  [90, 's', '1.5 min'],
  [259_200, 's', '3 d'],
  [1023, 'bytes', '1020 B'],
  [1024, 'bytes', '1 KiB'],
  [402_653_184, 'bytes', '384 MiB'],
  [0.1234, 'percentunit', '12.3 %'],
  [1500, 'reqps', '1.5 K req/s'],
  [2, 'cps', '2 c/s'],
  [-3600, 'short', '-3.6 K'],
])('writes %d in %s as %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

it('knows no other unit', () => {
  expect(() => formatValue(1, 'furlongs')).toThrow('furlongs');
});

import { parseGoBoolean, parseGoDurationMs } from './go-values.js';

/** @see https://go.dev/src/strconv/atob_test.go */
describe('parseGoBoolean', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('reads %j as true', (text) => {
    expect(parseGoBoolean(text)).toBe(true);
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('reads %j as false', (text) => {
    expect(parseGoBoolean(text)).toBe(false);
  });

  it.each(['', 'asdf', 'yes', 'no', 'on', 'tRUE', 'fALSE', ' true', 'true ', 'true\n', '01', '2', '-1'])(
    'does not read %j',
    (text) => {
      expect(parseGoBoolean(text)).toBeUndefined();
    },
  );
});

/** @see https://go.dev/src/time/time_test.go parseDurationTests, parseDurationErrorTests */
describe('parseGoDurationMs', () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;

  it.each([
    ['0', 0],
    ['+0', 0],
    ['0s', 0],
    ['5s', 5 * second],
    ['30s', 30 * second],
    ['1478s', 1478 * second],
    ['+5s', 5 * second],
    ['5.0s', 5 * second],
    ['5.6s', 5.6 * second],
    ['5.s', 5 * second],
    ['.5s', 0.5 * second],
    ['1.004s', 1004],
    ['1.0040s', 1004],
    ['100.00100s', 100_001],
    ['10ns', 1e-5],
    ['11us', 0.011],
    ['12\u00b5s', 0.012],
    ['12\u03bcs', 0.012],
    ['13ms', 13],
    ['500ms', 500],
    ['14s', 14 * second],
    ['15m', 15 * minute],
    ['16h', 16 * hour],
    ['1.5h', 90 * minute],
    ['1m30s', 90 * second],
    ['3h30m', 3.5 * hour],
    ['10.5s4m', 4 * minute + 10.5 * second],
    ['1h2m3s', hour + 2 * minute + 3 * second],
    ['1h2m3s4ms5us6ns', hour + 2 * minute + 3 * second + 4.005006],
    ['39h9m14.425s', 39 * hour + 9 * minute + 14.425 * second],
    ['0.3333333333333333333h', 20 * minute],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseGoDurationMs(text)).toBeCloseTo(ms, 6);
  });

  it.each([
    ...['', '3', '10', '-', 's', '.', '-.', '.s', '+.s', '+', '++5s', '1d', '-1s', '-5s', '1.2.3s', '1e3s'],
    ...['1m 30s', ' 10s', '10s ', '10 s', '10S', '10s1', 's10', '1,5s', '\u0661s', 'hello'],
  ])('does not read %j', (text) => {
    expect(parseGoDurationMs(text)).toBeUndefined();
  });

  it('gives the same answer when asked twice', () => {
    expect([parseGoDurationMs('1m30s'), parseGoDurationMs('1m30s')]).toEqual([90_000, 90_000]);
  });
});

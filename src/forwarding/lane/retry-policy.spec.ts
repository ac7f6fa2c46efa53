import { retryDelayMs } from './retry-policy.js';
import { parseRetryAfterMs } from '../client/retry-after.js';

describe('retryDelayMs', () => {
  const limits = { minMs: 1000, maxMs: 5000 };

  it.each([
    [2, 1000],
    [3, 2000],
    [4, 4000],
    [5, 5000],
    [100, 5000],
    [5000, 5000],
  ])('before attempt %d is at most %d ms', (n, longestMs) => {
    expect(retryDelayMs(n, limits, 1)).toBe(longestMs);
    expect(retryDelayMs(n, limits, 0.25)).toBe(longestMs / 4);
    expect(retryDelayMs(n, limits, 0)).toBe(0);
  });

  it.each([
    [0.5, 499, 500],
    [0.5, 501, 501],
    [0.5, 5000, 5000],
    [0.5, 5001, 5000],
  ])('with %d of the first delay, asked for %d ms more, is %d ms', (random, retryAfterMs, delayMs) => {
    expect(retryDelayMs(2, limits, random, retryAfterMs)).toBe(delayMs);
  });

  it.each([1, 0, -1])('is none before attempt %d', (n) => {
    expect(() => retryDelayMs(n, limits, 0)).toThrow(RangeError);
  });
});

describe('parseRetryAfterMs', () => {
  const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');

  it.each([
    ['0', 0],
    ['120', 120_000],
    ['Wed, 21 Oct 2015 07:29:00 GMT', 60_000],
    ['Wed, 21 Oct 2015 07:00:00 GMT', 0],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2015-10-21', undefined],
    ['9'.repeat(30), undefined],
  ])('reads %j as %j ms', (header, ms) => {
    expect(parseRetryAfterMs(header, now)).toBe(ms);
  });
});

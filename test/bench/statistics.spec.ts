import { median, medians, ratios } from '../../bench/statistics.js';

describe('median', () => {
  it.each([
    [[], undefined],
    [[7], 7],
    [[9, 10], 9.5],
    [[10, 9, 100], 10],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %p', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('medians', () => {
  it('takes each figure over the rounds that have it', () => {
    const rounds = [{ webhooksPerS: 1, p50Ms: 4 }, { webhooksPerS: 3 }, { webhooksPerS: 2, p50Ms: 5 }];
    expect(medians(rounds)).toEqual({ webhooksPerS: 2, p50Ms: 4.5 });
  });

  it('of no rounds has no figures', () => {
    expect(medians([])).toEqual({});
  });
});

describe('ratios', () => {
  it('gives each figure as a part of the one of the floor', () => {
    expect(ratios({ webhooksPerS: 60, p99Ms: 20 }, { webhooksPerS: 100, p99Ms: 10 })).toEqual({
      webhooksPerS: 0.6,
      p99Ms: 2,
    });
  });

  it('leaves out what the floor lacks or has 0 of', () => {
    expect(ratios({ webhooksPerS: 60, p50Ms: 1 }, { p50Ms: 0 })).toEqual({});
  });
});

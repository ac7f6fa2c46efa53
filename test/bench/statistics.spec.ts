import { type Figures, type Measurement } from '../../bench/measurement.js';
import { median, medians, pairedRatios, percentile } from '../../bench/statistics.js';

const valid = (...rounds: Figures[]): Measurement[] => rounds.map((figures) => ({ figures, faults: [] }));
const invalid = (figures: Figures): Measurement => ({ figures, faults: ['a fault'] });

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

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);

  it.each([
    [[], 0.99, undefined],
    [[7], 0.5, 7],
    [[1, 2], 0.5, 1],
    [[1, 2, 3], 0.5, 2],
    [hundred, 0.99, 99],
    [[...hundred, 101], 0.99, 100],
  ])('of %j at %d is %p', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('medians', () => {
  it('takes each figure over the rounds that have it', () => {
    const rounds = valid({ webhooksPerS: 1, p50Ms: 4 }, { webhooksPerS: 3 }, { webhooksPerS: 2, p50Ms: 5 });
    expect(medians(rounds)).toEqual({ webhooksPerS: 2, p50Ms: 4.5 });
  });

  it('leaves out invalid rounds', () => {
    expect(medians([...valid({ p50Ms: 4 }), invalid({ p50Ms: 100 })])).toEqual({ p50Ms: 4 });
  });

  it('of no rounds has no figures', () => {
    expect(medians([])).toEqual({});
  });
});

describe('paired ratios', () => {
  it('compare each round with its own, so that what slows down a whole round changes nothing', () => {
    const ours = valid({ p99Ms: 10 }, { p99Ms: 100 }, { p99Ms: 33 });
    const theirs = valid({ p99Ms: 20 }, { p99Ms: 200 }, { p99Ms: 30 });
    expect(pairedRatios(ours, theirs)).toEqual({ p99Ms: { median: 0.5, min: 0.5, max: 1.1 } });
  });

  it('leave out a round that is invalid for either', () => {
    const ours = [invalid({ p99Ms: 1 }), ...valid({ p99Ms: 2 }, { p99Ms: 3 })];
    const theirs = [...valid({ p99Ms: 1 }), invalid({ p99Ms: 1 }), ...valid({ p99Ms: 1 })];
    expect(pairedRatios(ours, theirs)).toEqual({ p99Ms: { median: 3, min: 3, max: 3 } });
  });

  it('leave out what the other lacks or has 0 of', () => {
    expect(pairedRatios(valid({ webhooksPerS: 60, p50Ms: 1 }), valid({ p50Ms: 0 }))).toEqual({});
    expect(pairedRatios(valid({ p50Ms: 1 }), [])).toEqual({});
  });
});

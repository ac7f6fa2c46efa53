import { type Figure, FIGURES, type Figures, type Measurement } from './measurement.js';

/** Of an even number of values, the mean of the two in the middle; `undefined` of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** The smallest value that `share` of all values do not exceed (nearest rank); `undefined` of none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(values.length * share));
  return values.toSorted((a, b) => a - b)[rank - 1];
}

const isValid = ({ faults }: Measurement): boolean => faults.length === 0;

/** Figure by figure, over the valid rounds that have it. */
export function medians(rounds: readonly Measurement[]): Figures {
  const valid = rounds.filter(isValid);
  return byFigure((figure) => median(valid.flatMap(({ figures }) => figures[figure] ?? [])));
}

/** What the rounds gave: their median, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}
export type Spreads = Readonly<Partial<Record<Figure, Spread>>>;

/**
 * What part of another contender's each figure is, round by round: what disturbed a round disturbed both. Rounds that are
 * invalid for either are left out, and so are figures the other lacks or has 0 of.
 */
export const pairedRatios = (ours: readonly Measurement[], theirs: readonly Measurement[]): Spreads =>
  byFigure((figure) => {
    const ratios = ours.flatMap((mine, round) => {
      const other = theirs[round];
      if (other === undefined || !isValid(mine) || !isValid(other)) return [];
      const [of, whole] = [mine.figures[figure], other.figures[figure]];
      return of === undefined || whole === undefined || whole === 0 ? [] : [of / whole];
    });
    const middle = median(ratios);
    return middle === undefined
      ? undefined
      : { median: middle, min: Math.min(...ratios), max: Math.max(...ratios) };
  });

function byFigure<T>(valueOf: (figure: Figure) => T | undefined): Partial<Record<Figure, T>> {
  return Object.fromEntries(
    FIGURES.flatMap((figure) => {
      const value = valueOf(figure);
      return value === undefined ? [] : [[figure, value]];
    }),
  );
}

import { type Figure, FIGURES, type Figures } from './measurement.js';

/** Of an even number of values, the mean of the two in the middle; `undefined` of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Figure by figure, over the rounds that have it. */
export const medians = (rounds: readonly Figures[]): Figures =>
  byFigure((figure) => median(rounds.flatMap((figures) => figures[figure] ?? [])));

/** What part of the floor's each figure is; those the floor lacks or has 0 of are left out. */
export const ratios = (figures: Figures, floor: Figures): Figures =>
  byFigure((figure) => {
    const [ours, theirs] = [figures[figure], floor[figure]];
    return ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs;
  });

function byFigure(valueOf: (figure: Figure) => number | undefined): Figures {
  return Object.fromEntries(
    FIGURES.flatMap((figure) => {
      const value = valueOf(figure);
      return value === undefined ? [] : [[figure, value]];
    }),
  );
}

/** Marks on an axis, about. */
const MARKS = 4;

/** Multiples of a unit that people count in. */
const ROUND = [1, 2, 5, 10];
const BINARY = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const CLOCK = [1, 2, 5, 10, 15, 30, 60];

/** From one mark of a value axis to the next, so that the marks over a range are round in the unit. */
export function interval(range: number, unit: string | undefined): number {
  const least = range / MARKS;
  if (!(least > 0)) return 1;
  if (unit === 'bytes') return smallest(BINARY, least, 1024);
  if (unit === 's' && least > 1) return smallest(CLOCK, least, 60);
  return smallest(ROUND, least, 10);
}

/** The smallest of `steps`, times a power of `base`, that is not below `least`. */
function smallest(steps: readonly number[], least: number, base: number): number {
  const power = base ** Math.floor(Math.log(least) / Math.log(base));
  return power * (steps.find((step) => step * power >= least) ?? base);
}

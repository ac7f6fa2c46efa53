import { type ScenarioResult } from '../result.js';
import { resultsOf, type Target } from './target.js';
import { TARGETS } from './targets.js';

/** What the program is to be, and what it is. */
export interface MeasuredTarget extends Omit<Target, 'measure'> {
  /** The median of the rounds; `null`: what it takes was not measured. */
  readonly measured: number | null;
  /** How far the rounds lie apart. */
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly met: boolean | null;
}

export function measureTargets(scenarios: readonly ScenarioResult[]): MeasuredTarget[] {
  const results = resultsOf(scenarios);
  return TARGETS.map(({ measure, ...target }) => {
    const spread = measure(results);
    if (spread === undefined) return { ...target, measured: null, range: null, met: null };
    const { median: measured, min, max } = spread;
    const met = target.atLeast ? measured >= target.limit : measured <= target.limit;
    return { ...target, measured, range: { min, max }, met };
  });
}

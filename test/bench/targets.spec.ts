import { type Contender } from '../../bench/contenders/contender.js';
import { type Figures } from '../../bench/measurement.js';
import { targetCells } from '../../bench/report/target-text.js';
import { type ScenarioResult } from '../../bench/result.js';
import { measureTargets } from '../../bench/targets.js';

function scenario(name: string, figures: Partial<Record<Contender, Figures>>): ScenarioResult {
  const contenders = Object.entries(figures).map(([contender, medians]) => ({
    contender: contender as Contender,
    rounds: [],
    medians,
    ratiosToFloor: {},
  }));
  return { name, about: '', contenders };
}

const cells = (scenarios: ScenarioResult[], target: string, wanted: string) =>
  measureTargets(scenarios)
    .map(targetCells)
    .find(([title, limit]) => title === target && limit?.startsWith(wanted) === true);

describe('a target', () => {
  it.each([
    [599, '0.599 × floor', 'missed by 0.00100 × floor'],
    [600, '0.600 × floor', 'met'],
    [601, '0.601 × floor', 'met'],
  ])('of at least 0.6, at %d of 1,000, is %s: %s', (webhooksPerS, measured, verdict) => {
    const measuredScenario = scenario('10k-3', { ours: { webhooksPerS }, floor: { webhooksPerS: 1000 } });
    const target = '10 KiB, 3 backends: webhooks/s';
    expect(cells([measuredScenario], target, '≥ 0.6')).toEqual([
      target,
      '≥ 0.600 × floor',
      measured,
      verdict,
    ]);
  });

  it.each([
    [89, '89 MiB', 'met'],
    [90, '90 MiB', 'met'],
    [91, '91 MiB', 'missed by 1 MiB'],
  ])('of at most 90 MiB, at %d MiB, is %s: %s', (idleRssMiB, measured, verdict) => {
    const start = scenario('start', { ours: { idleRssMiB } });
    expect(cells([start], 'idle RSS', '≤ 90')).toEqual(['idle RSS', '≤ 90 MiB', measured, verdict]);
  });

  it('that was not measured is neither met nor missed', () => {
    expect(measureTargets([]).every(({ measured, met }) => measured === null && met === null)).toBe(true);
    expect(cells([], 'idle RSS', '≤ 90')).toEqual(['idle RSS', '≤ 90 MiB', 'not measured', '']);
  });

  it('compares with nobody who answered nothing', () => {
    const broken = scenario('10k-3', { ours: { webhooksPerS: 1 }, floor: { webhooksPerS: 0 } });
    expect(measureTargets([broken]).every(({ measured }) => measured === null)).toBe(true);
  });
});

import { type Contender } from '../../bench/contenders/contender.js';
import { type Figures } from '../../bench/measurement.js';
import { targetCells } from '../../bench/report/target-text.js';
import { type ScenarioResult } from '../../bench/result.js';
import { medians } from '../../bench/statistics.js';
import { measureTargets } from '../../bench/targets/measure.js';

/** @param measured the rounds of each contender. */
function scenario(name: string, measured: Partial<Record<Contender, Figures[]>>): ScenarioResult {
  const contenders = Object.entries(measured).map(([contender, figures]) => {
    const rounds = figures.map((each) => ({ figures: each, faults: [], place: 1, fixedWorkMs: 1 }));
    return {
      contender: contender as Contender,
      rounds,
      medians: medians(rounds),
      ratiosToFloor: {},
      ratiosToBefore: {},
    };
  });
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
    const rounds = { ours: [{ webhooksPerS }], floor: [{ webhooksPerS: 1000 }] };
    const target = '10 KiB, 3 backends: webhooks/s';
    expect(cells([scenario('10k-3', rounds)], target, '≥ 0.6')).toEqual([
      target,
      '≥ 0.600 × floor',
      measured,
      '',
      verdict,
    ]);
  });

  it.each([
    ['PostgreSQL, all healthy: CPU per webhook', 'ours-postgres', 1.05],
    ['PostgreSQL, deliveries remembered: CPU per webhook', 'ours-postgres-deliveries', 1.12],
  ] as const)('%s is measured beside no spool, database apart', (target, contender, limit) => {
    const ours = [{ cpuMsPerWebhook: 1 }];
    const theirs = (cpuMsPerWebhook: number) =>
      scenario('10k-3', { ours, [contender]: [{ cpuMsPerWebhook, databaseCpuMsPerWebhook: 9 }] });
    expect(cells([theirs(limit)], target, '≤')?.at(-1)).toBe('met');
    expect(cells([theirs(limit + 0.01)], target, '≤')?.at(-1)).toMatch('missed');
  });

  it.each([
    [69, '69 MiB', 'met'],
    [70, '70 MiB', 'met'],
    [71, '71 MiB', 'missed by 1 MiB'],
  ])('of at most 70 MiB, at %d MiB, is %s: %s', (idleRssMiB, measured, verdict) => {
    const target = 'in the pod: idle memory';
    const pod = scenario('pod-10k', { ours: [{ idleRssMiB }] });
    expect(cells([pod], target, '≤ 70')).toEqual([target, '≤ 70 MiB', measured, '', verdict]);
  });

  it('is judged by the median of its rounds, each compared with its own, and tells how far they lie apart', () => {
    const peer = [{ webhooksPerS: 100 }, { webhooksPerS: 10 }, { webhooksPerS: 100 }];
    const ours = [{ webhooksPerS: 200 }, { webhooksPerS: 25 }, { webhooksPerS: 230 }];
    const target = 'in the pod, 10 KiB: webhooks/s';
    expect(cells([scenario('pod-10k', { ours, peer })], target, '≥ 2.2')).toEqual([
      target,
      '≥ 2.20 × peer',
      '2.30 × peer',
      '2 to 2.50',
      'met',
    ]);
  });

  it('that was not measured is neither met nor missed', () => {
    expect(measureTargets([]).every(({ measured, met }) => measured === null && met === null)).toBe(true);
    expect(cells([], 'in the pod: idle memory', '≤ 70')).toEqual([
      'in the pod: idle memory',
      '≤ 70 MiB',
      'not measured',
      '',
      '',
    ]);
  });

  it('compares with nobody who answered nothing', () => {
    const broken = scenario('10k-3', { ours: [{ webhooksPerS: 1 }], floor: [{ webhooksPerS: 0 }] });
    expect(measureTargets([broken]).every(({ measured }) => measured === null)).toBe(true);
  });
});

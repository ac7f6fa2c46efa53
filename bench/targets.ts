import { type Contender } from './contenders/contender.js';
import { type Figure } from './measurement.js';
import { type ScenarioResult } from './result.js';

/** What the program is to be, and what it is. */
export interface MeasuredTarget {
  readonly target: string;
  readonly unit: string;
  readonly limit: number;
  readonly atLeast: boolean;
  /** `null`: what it takes was not measured. */
  readonly measured: number | null;
  readonly met: boolean | null;
}

interface Target {
  readonly target: string;
  readonly unit: string;
  readonly limit: number;
  readonly atLeast: boolean;
  readonly measure: (median: Median) => number | undefined;
}

type Median = (scenario: string, contender: Contender, figure: Figure) => number | undefined;

const part = (of: number | undefined, whole: number | undefined): number | undefined =>
  of === undefined || whole === undefined || whole === 0 ? undefined : of / whole;

/** A figure of one contender as a part of another's. */
const ratio =
  (scenario: string, figure: Figure, ours: Contender, theirs: Contender) =>
  (median: Median): number | undefined =>
    part(median(scenario, ours, figure), median(scenario, theirs, figure));

const figure =
  (scenario: string, contender: Contender, name: Figure) =>
  (median: Median): number | undefined =>
    median(scenario, contender, name);

const atLeast = (target: string, limit: number, unit: string, measure: Target['measure']): Target => ({
  target,
  unit,
  limit,
  atLeast: true,
  measure,
});
const atMost = (...args: Parameters<typeof atLeast>): Target => ({ ...atLeast(...args), atLeast: false });

const TARGETS: readonly Target[] = [
  atLeast('10 KiB, 3 backends: webhooks/s', 0.6, '× floor', ratio('10k-3', 'webhooksPerS', 'ours', 'floor')),
  atLeast(
    '10 KiB, 3 backends: webhooks/s',
    1,
    '× nginx mirror',
    ratio('10k-3', 'webhooksPerS', 'ours', 'nginx'),
  ),
  atMost('10 KiB, 3 backends: p99', 2, '× floor', ratio('10k-3', 'p99Ms', 'ours', 'floor')),
  atMost(
    '10 KiB, 3 backends: CPU per webhook',
    1.7,
    '× floor',
    ratio('10k-3', 'cpuMsPerWebhook', 'ours', 'floor'),
  ),
  atLeast(
    '100 KiB, 3 backends: webhooks/s',
    0.75,
    '× floor',
    ratio('100k-3', 'webhooksPerS', 'ours', 'floor'),
  ),
  atLeast('1 MiB, 3 backends: webhooks/s', 0.75, '× floor', ratio('1m-3', 'webhooksPerS', 'ours', 'floor')),
  atLeast('spool on, all healthy', 0.97, '× spool off', ratio('10k-3', 'webhooksPerS', 'ours-spool', 'ours')),
  atLeast(
    'spool on, one of three down',
    0.5,
    '× all healthy',
    ratio('10k-3', 'webhooksPerS', 'ours-spool-one-down', 'ours-spool'),
  ),
  atMost('3 backends that take 50 ms: p50', 60, 'ms', figure('delayed-3', 'ours', 'p50Ms')),
  atMost('10 backends that take 50 ms: p50', 60, 'ms', figure('delayed-10', 'ours', 'p50Ms')),
  atMost(
    'one of three hung: answers at first, past the ack timeout',
    20,
    'ms',
    figure('hung', 'ours-spool', 'pastAckTimeoutMs'),
  ),
  atMost('one of three hung, breaker open: answers', 20, 'ms', figure('hung', 'ours-spool', 'openMaxMs')),
  atMost('100 × 25 MiB at once: webhooks lost', 0, '', figure('burst', 'ours', 'lost')),
  atMost(
    '100 × 25 MiB at once: answered neither 200 nor 503',
    0,
    '',
    figure('burst', 'ours', 'answeredOther'),
  ),
  atMost('100 × 25 MiB at once: peak RSS', 384, 'MiB', figure('burst', 'ours', 'peakRssMiB')),
  atMost('idle RSS', 90, 'MiB', figure('start', 'ours', 'idleRssMiB')),
  atMost('start to healthy', 1500, 'ms', figure('start', 'ours', 'startMs')),
];

export function measureTargets(scenarios: readonly ScenarioResult[]): MeasuredTarget[] {
  const median: Median = (scenario, contender, name) =>
    scenarios.find((each) => each.name === scenario)?.contenders.find((each) => each.contender === contender)
      ?.medians[name];
  return TARGETS.map(({ measure, ...target }) => {
    const measured = measure(median);
    const { limit } = target;
    if (measured === undefined) return { ...target, measured: null, met: null };
    return { ...target, measured, met: target.atLeast ? measured >= limit : measured <= limit };
  });
}

import { type Contender } from '../contenders/contender.js';
import { type Figure } from '../measurement.js';
import { atLeast, atMost, figure, ratio, type Target } from './target.js';

const IN_THE_POD: readonly Target[] = [
  ...inPod('10 KiB', 'pod-10k', { ofPeer: 2.2, p99Ms: 10 }),
  ...inPod('100 KiB', 'pod-100k', { ofPeer: 2.8, p99Ms: 15 }),
  atMost('in the pod: start to ready', 1000, 'ms', figure('pod-10k', 'ours', 'startMs')),
  atMost('in the pod: idle memory', 70, 'MiB', figure('pod-10k', 'ours', 'idleRssMiB')),
  atMost(
    'in the pod, 100 × 25 MiB at once: peak memory',
    320,
    'MiB',
    figure('pod-burst', 'ours', 'peakRssMiB'),
  ),
];

const CPU: readonly Target[] = [
  atMost('10 KiB, 3 backends: CPU per webhook', 1.2, '× floor', cpu('10k-3', 'ours', 'floor')),
  atMost('100 KiB, 3 backends: CPU per webhook', 1, '× floor', cpu('100k-3', 'ours', 'floor')),
  atMost('10 KiB, 3 backends: CPU per webhook', 0.4, '× peer', cpu('10k-3', 'ours', 'peer')),
  atMost('100 KiB, 3 backends: CPU per webhook', 0.4, '× peer', cpu('100k-3', 'ours', 'peer')),
  atMost('spool on, all healthy: CPU per webhook', 1.03, '× spool off', cpu('10k-3', 'ours-spool', 'ours')),
  atMost(
    'PostgreSQL, all healthy: CPU per webhook',
    1.05,
    '× spool off',
    cpu('10k-3', 'ours-postgres', 'ours'),
  ),
  atMost(
    'PostgreSQL, deliveries remembered: CPU per webhook',
    1.12,
    '× spool off',
    cpu('10k-3', 'ours-postgres-deliveries', 'ours'),
  ),
];

const ON_THE_WHOLE_MACHINE: readonly Target[] = [
  rate('10 KiB, 3 backends: webhooks/s', 0.6, '× floor', '10k-3', 'ours', 'floor'),
  rate('10 KiB, 3 backends: webhooks/s', 1, '× nginx mirror', '10k-3', 'ours', 'nginx'),
  atMost('10 KiB, 3 backends: p99', 2, '× floor', ratio('10k-3', 'p99Ms', 'ours', 'floor')),
  rate('100 KiB, 3 backends: webhooks/s', 0.75, '× floor', '100k-3', 'ours', 'floor'),
  rate('1 MiB, 3 backends: webhooks/s', 0.75, '× floor', '1m-3', 'ours', 'floor'),
  rate('spool on, all healthy', 0.97, '× spool off', '10k-3', 'ours-spool', 'ours'),
  rate('PostgreSQL, all healthy', 0.95, '× spool off', '10k-3', 'ours-postgres', 'ours'),
  rate(
    'PostgreSQL, deliveries remembered',
    0.88,
    '× spool off',
    ...(['10k-3', 'ours-postgres-deliveries', 'ours'] as const),
  ),
  rate(
    'spool on, one of three down',
    0.5,
    '× all healthy',
    ...(['10k-3', 'ours-spool-one-down', 'ours-spool'] as const),
  ),
];

const WHEN_BACKENDS_ARE_SLOW: readonly Target[] = [
  atMost('3 backends that take 50 ms: p50', 60, 'ms', figure('delayed-3', 'ours', 'p50Ms')),
  atMost('10 backends that take 50 ms: p50', 60, 'ms', figure('delayed-10', 'ours', 'p50Ms')),
  atMost(
    'one of three hung: answers at first, past the ack timeout',
    20,
    'ms',
    figure('hung', 'ours-spool', 'pastAckTimeoutMs'),
  ),
  atMost('one of three hung, breaker open: answers', 20, 'ms', figure('hung', 'ours-spool', 'openMaxMs')),
];

const IN_A_BURST: readonly Target[] = [
  atMost('100 × 25 MiB at once: webhooks lost', 0, '', figure('burst', 'ours', 'lost')),
  atMost(
    '100 × 25 MiB at once: answered neither 200 nor 503',
    0,
    '',
    figure('burst', 'ours', 'answeredOther'),
  ),
  atMost('100 × 25 MiB at once: peak memory', 320, 'MiB', figure('burst', 'ours', 'peakRssMiB')),
];

export const TARGETS: readonly Target[] = [
  ...IN_THE_POD,
  ...CPU,
  ...ON_THE_WHOLE_MACHINE,
  ...WHEN_BACKENDS_ARE_SLOW,
  ...IN_A_BURST,
];

function inPod(size: string, scenario: string, limits: { ofPeer: number; p99Ms: number }): Target[] {
  const name = `in the pod, ${size}`;
  const p99 = (perS: number, which: Figure) =>
    atMost(`${name}: p99 at ${perS}/s`, limits.p99Ms, 'ms', figure(scenario, 'ours', which));
  return [
    rate(`${name}: webhooks/s`, limits.ofPeer, '× peer', scenario, 'ours', 'peer'),
    p99(50, 'p99At50Ms'),
    p99(200, 'p99At200Ms'),
  ];
}

function rate(
  target: string,
  limit: number,
  unit: string,
  ...[scenario, ours, theirs]: [scenario: string, ours: Contender, theirs: Contender]
): Target {
  return atLeast(target, limit, unit, ratio(scenario, 'webhooksPerS', ours, theirs));
}

function cpu(scenario: string, ours: Contender, theirs: Contender): Target['measure'] {
  return ratio(scenario, 'cpuMsPerWebhook', ours, theirs);
}

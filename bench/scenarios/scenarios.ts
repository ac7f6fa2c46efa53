import { type Contender } from '../contenders/contender.js';
import { measureBurst } from './burst.js';
import { measureDrain } from './drain.js';
import { measureHung } from './hung.js';
import { type LoadShape, measureLoad } from './load.js';
import { measureInPod, POD, podUnavailable } from './pod.js';
import { type Scenario } from './scenario.js';
import { measureStart } from './start.js';

const KIB = 1024;
const ALL_HEALTHY: readonly Contender[] = ['ours', 'ours-spool', 'ours-postgres', 'floor', 'nginx', 'peer'];

function load(name: string, shape: LoadShape, contenders: readonly Contender[], quick = false): Scenario {
  const { bodyBytes, backends, delayMs } = shape;
  const late = delayMs > 0 ? ` that answer after ${delayMs} ms` : '';
  const about = `webhooks of ${bodyBytes / KIB} KiB to ${backends} backend${backends > 1 ? 's' : ''}${late}, 32 connections`;
  return {
    name,
    about,
    quick,
    contenders,
    measure: (contender, bench) => measureLoad(shape, contender, bench),
  };
}

const sized = (name: string, bodyBytes: number, backends: number): Scenario =>
  load(name, { bodyBytes, backends, delayMs: 0 }, ALL_HEALTHY);

const delayed = (backends: number): Scenario =>
  load(`delayed-${backends}`, { bodyBytes: 10 * KIB, backends, delayMs: 50 }, [
    'ours',
    'floor',
    'nginx',
    'peer',
  ]);

const fanOut = (backends: number): Scenario =>
  load(`fanout-${backends}`, { bodyBytes: 10 * KIB, backends, delayMs: 0 }, ['ours', 'floor']);

const POD_ABOUT = `in a pod of ${POD.cpuMilli ?? 0}m CPU and ${POD.memoryMiB} MiB, load and backends outside`;

const inPod = (name: string, bodyBytes: number, quick = false): Scenario => ({
  name,
  about: `${POD_ABOUT}: webhooks of ${bodyBytes / KIB} KiB to 3 backends, at 50/s, at 200/s (the answer counted from when its webhook was due), and from 32 connections`,
  quick,
  contenders: ALL_HEALTHY,
  unavailable: podUnavailable,
  measure: (contender, bench) => measureInPod({ bodyBytes, backends: 3, delayMs: 0 }, contender, bench),
});

const drain = (owed: number, quick = false): Scenario => ({
  name: `drain-${owed}`,
  about: `${owed} forwards owed to one healthy backend, sent from the spool`,
  quick,
  contenders: ['ours-spool', 'ours-postgres'],
  measure: (contender, bench) => measureDrain(owed, contender, bench),
});

export const SCENARIOS: readonly Scenario[] = [
  load(
    '10k-3',
    { bodyBytes: 10 * KIB, backends: 3, delayMs: 0 },
    [...ALL_HEALTHY, 'ours-spool-one-down', 'ours-postgres-deliveries', 'ours-postgres-one-down'],
    true,
  ),
  inPod('pod-10k', 10 * KIB, true),
  inPod('pod-100k', 100 * KIB),
  {
    name: 'pod-burst',
    about: `${POD_ABOUT}: 100 webhooks of 25 MiB at once to 3 backends`,
    quick: false,
    contenders: ['ours', 'peer'],
    unavailable: podUnavailable,
    measure: (contender, bench) => measureBurst(POD, contender, bench),
  },
  sized('100k-3', 100 * KIB, 3),
  sized('1m-3', KIB * KIB, 3),
  sized('10k-1', 10 * KIB, 1),
  sized('10k-10', 10 * KIB, 10),
  delayed(3),
  delayed(10),
  ...[1, 3, 10, 30, 100].map(fanOut),
  {
    name: 'hung',
    about: 'one of three backends never answers: the first answer, and answers once its breaker is open',
    quick: true,
    contenders: ['ours-spool'],
    measure: measureHung,
  },
  {
    name: 'burst',
    about: '100 webhooks of 25 MiB at once to 3 backends, in 384 MiB of memory if that can be limited',
    quick: true,
    contenders: ['ours', 'peer'],
    measure: (contender, bench) => measureBurst({ memoryMiB: POD.memoryMiB }, contender, bench),
  },
  drain(10, true),
  drain(1000),
  drain(100_000),
  {
    name: 'start',
    about: 'start of the process until it is ready, and idle memory',
    quick: true,
    contenders: ALL_HEALTHY,
    measure: measureStart,
  },
];

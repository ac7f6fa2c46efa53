import { type Figure } from '../measurement.js';

/** Titles of the tables' columns, with units. */
export const TITLES: Readonly<Record<Figure, string>> = {
  webhooksPerS: 'webhooks/s',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  cpuMsPerWebhook: 'CPU ms/webhook',
  cpuMsPerForward: 'CPU ms/forward',
  mainCpuMsPerWebhook: 'of it, main thread',
  databaseCpuMsPerWebhook: 'beside it, database: CPU ms/webhook',
  throttledPercent: 'throttled %',
  p50At50Ms: '50/s: p50 ms',
  p99At50Ms: '50/s: p99 ms',
  p50At200Ms: '200/s: p50 ms',
  p99At200Ms: '200/s: p99 ms',
  throttledAt200Percent: '200/s: throttled %',
  forwardsPerS: 'forwards/s',
  drainMs: 'start to none owed, ms',
  firstAnswerMs: 'first answer, ms',
  pastAckTimeoutMs: 'latest past ack timeout, ms',
  breakerAfterMs: 'breaker open after, ms',
  openP50Ms: 'then p50 ms',
  openMaxMs: 'then longest, ms',
  answered200: '200',
  answered503: '503 + Retry-After',
  answeredOther: 'other answers',
  lost: 'lost',
  burstMs: 'all answered, ms',
  memoryLimitMiB: 'memory limit MiB',
  startMs: 'start to ready, ms',
  idleRssMiB: 'idle RSS MiB',
  peakRssMiB: 'peak RSS MiB',
  peakAnonymousMiB: 'of it, no file, MiB',
};

/** Three significant digits are more than a run is exact to; whole numbers from 100 on. */
export function figureText(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

/** Every figure, in the order of the tables; the unit is the name's end. */
export const FIGURES = [
  'webhooksPerS',
  'p50Ms',
  'p99Ms',
  'cpuMsPerWebhook',
  'cpuMsPerForward',
  'mainCpuMsPerWebhook',
  'databaseCpuMsPerWebhook',
  'throttledPercent',
  'p50At50Ms',
  'p99At50Ms',
  'p50At200Ms',
  'p99At200Ms',
  'throttledAt200Percent',
  'forwardsPerS',
  'drainMs',
  'firstAnswerMs',
  'pastAckTimeoutMs',
  'breakerAfterMs',
  'openP50Ms',
  'openMaxMs',
  'answered200',
  'answered503',
  'answeredOther',
  'lost',
  'burstMs',
  'memoryLimitMiB',
  'startMs',
  'idleRssMiB',
  'peakRssMiB',
  'peakAnonymousMiB',
] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Readonly<Partial<Record<Figure, number>>>;

/** What one run of one contender in one scenario gave. */
export interface Measurement {
  readonly figures: Figures;
  /** Why the run is invalid; empty: it is valid. */
  readonly faults: readonly string[];
  /** What a reader of the figures should know. */
  readonly notes?: readonly string[];
  /** What part of the machine's CPU time, of 100, went to others meanwhile; above a few, the figures are theirs too. */
  readonly othersPercent?: number;
}

/** Who is measured, in the order of the tables. */
export const CONTENDERS = [
  'ours',
  'before',
  'ours-spool',
  'before-spool',
  'ours-spool-one-down',
  'before-spool-one-down',
  'floor',
  'nginx',
  'peer',
] as const;
export type Contender = (typeof CONTENDERS)[number];

/** What each of them is, in the words of the tables' legend. */
export const ABOUT: Readonly<Record<Contender, string>> = {
  ours: 'Sprayproxy as it is shipped, no spool',
  before: 'Sprayproxy at the commit to compare with, no spool',
  'ours-spool': 'the same with a spool, all backends healthy',
  'before-spool': 'that commit with a spool, all backends healthy',
  'ours-spool-one-down': 'the same with a spool, one of the backends down (its port is closed)',
  'before-spool-one-down': 'that commit with a spool, one of the backends down',
  floor: 'the smallest honest Node program: no framework, logs, metrics, limits or retries',
  nginx: "nginx's mirror module: no signature check",
  peer: 'another sprayproxy (BENCH_PEER)',
};

/** Under what name the commit to compare with is measured, beside each way to run ours. */
export const BEFORE: Readonly<Partial<Record<Contender, Contender>>> = {
  ours: 'before',
  'ours-spool': 'before-spool',
  'ours-spool-one-down': 'before-spool-one-down',
};

/** Whether one thread of its process runs all its code. */
export const isNode = (contender: Contender): boolean => contender !== 'nginx' && contender !== 'peer';
export const hasSpool = (contender: Contender): boolean => contender.includes('-spool');
export const oneIsDown = (contender: Contender): boolean => contender.endsWith('-one-down');

/** Who is measured, in the order of the tables. */
export const CONTENDERS = ['ours', 'ours-spool', 'ours-spool-one-down', 'floor', 'nginx', 'peer'] as const;
export type Contender = (typeof CONTENDERS)[number];

/** What each of them is, in the words of the tables' legend. */
export const ABOUT: Readonly<Record<Contender, string>> = {
  ours: 'Sprayproxy as it is shipped, no spool',
  'ours-spool': 'the same with a spool, all backends healthy',
  'ours-spool-one-down': 'the same with a spool, one of the backends down (its port is closed)',
  floor: 'the smallest honest Node program: no framework, logs, metrics, limits or retries',
  nginx: "nginx's mirror module: no signature check",
  peer: 'another sprayproxy (BENCH_PEER)',
};

export const isOurs = (contender: Contender): boolean => contender.startsWith('ours');
export const hasSpool = (contender: Contender): boolean => contender.startsWith('ours-spool');

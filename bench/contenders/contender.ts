/** Who is measured, in the order of the tables. */
export const CONTENDERS = [
  'ours',
  'before',
  'ours-spool',
  'before-spool',
  'ours-spool-one-down',
  'before-spool-one-down',
  'ours-postgres',
  'ours-postgres-deliveries',
  'ours-postgres-one-down',
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
  'ours-postgres':
    'ours with PostgreSQL as its spool, all backends healthy; the database is on the same machine, and its CPU time counted apart',
  'ours-postgres-deliveries': 'that, and every delivery is remembered there (/deliveries is on)',
  'ours-postgres-one-down': 'ours with PostgreSQL as its spool, one of the backends down',
  floor: 'the smallest honest Node program: no framework, logs, metrics, limits or retries',
  nginx: "nginx's mirror module: no signature check",
  peer: 'another sprayproxy (BENCH_PEER)',
};

/** Under what name the commit to compare with is measured, beside ways to run ours that it has too. */
export const BEFORE: Readonly<Partial<Record<Contender, Contender>>> = {
  ours: 'before',
  'ours-spool': 'before-spool',
  'ours-spool-one-down': 'before-spool-one-down',
};

/** Whether one thread of its process runs all its code. */
export const isNode = (contender: Contender): boolean => contender !== 'nginx' && contender !== 'peer';

/** What it keeps what is owed in. */
export const spoolOf = (contender: Contender): 'off' | 'file' | 'postgres' =>
  contender.includes('-postgres') ? 'postgres' : contender.includes('-spool') ? 'file' : 'off';

/** Whether it remembers every delivery in its database. */
export const remembersAll = (contender: Contender): boolean => contender.endsWith('-deliveries');
export const oneIsDown = (contender: Contender): boolean => contender.endsWith('-one-down');

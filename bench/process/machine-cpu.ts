import { readFileSync } from 'node:fs';

import { MS_PER_TICK, cpuEverMs } from './process-tree.js';

/** CPU time since the machine started, over all CPUs, in ms. */
interface MachineCpu {
  /** Used, or taken away by the machine's host. */
  readonly taken: number;
  readonly all: number;
}

/** @see proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of user and nice. */
export function parseMachineCpu(procStat: string): MachineCpu {
  const ticks = (procStat.split('\n', 1)[0] ?? '').split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, each) => sum + each, 0);
  const [, , , idle = 0, ioWait = 0] = ticks;
  return { taken: (all - idle - ioWait) * MS_PER_TICK, all: all * MS_PER_TICK };
}

/**
 * Begins to watch who else uses the machine.
 * @returns tells what part of its CPU time, of 100, went to others than this process and its descendants since.
 */
export function watchOthers(): () => number {
  const look = () => ({
    ...parseMachineCpu(readFileSync('/proc/stat', 'utf8')),
    own: cpuEverMs(process.pid),
  });
  const before = look();
  return () => {
    const now = look();
    const all = now.all - before.all;
    const others = now.taken - before.taken - (now.own - before.own);
    return all <= 0 ? 0 : Math.max(0, (100 * others) / all);
  };
}

import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** A process with its children, by the kernel's list. */
export async function familyOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...children.split(' ').filter(Boolean).map(Number)];
}

/** Sends it to those that are there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Resolves when none of them does anything any more; one that nobody has waited for has no command line. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    while ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '') await setTimeout(5);
  }
}

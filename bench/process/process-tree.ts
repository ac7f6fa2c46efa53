import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells user space about CPU time in ticks of 1/100 s, whatever the kernel's own are. */
const MS_PER_TICK = 10;

const KIB_PER_MIB = 1024;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** CPU time used by a process and its living descendants so far, user and system, in ms. */
export function cpuMs(pid: number): number {
  return tree(pid).reduce((sum, { ticks }) => sum + ticks, 0) * MS_PER_TICK;
}

/** Memory of a process and its living descendants; what they share is counted once for each. */
export interface Memory {
  /** Resident now (VmRSS), in MiB. */
  readonly rssMiB: number;
  /** Of that, what is no file's (RssAnon), in MiB: what the kernel cannot take back. */
  readonly anonymousMiB: number;
  /** Sum of the largest each ever was (VmHWM), in MiB. */
  readonly peakRssMiB: number;
}

export function memory(pid: number): Memory {
  const sum = (field: string) =>
    tree(pid).reduce((kib, each) => kib + statusKiB(each.pid, field), 0) / KIB_PER_MIB;
  return { rssMiB: sum('VmRSS'), anonymousMiB: sum('RssAnon'), peakRssMiB: sum('VmHWM') };
}

/** A process and its living descendants. */
export const pidsOf = (root: number): number[] => tree(root).map(({ pid }) => pid);

function tree(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => stat(Number(name)) ?? []);
  const members = all.filter(({ pid }) => pid === root);
  // Grows while it is walked: children come after their parents.
  for (const { pid } of members) members.push(...all.filter(({ parent }) => parent === pid));
  return members;
}

/** @see proc_pid_stat(5): fields 4 (ppid), 14 (utime) and 15 (stime); the name before them may hold spaces. */
function stat(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function statusKiB(pid: number, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`) ?? '');
  return Number(match?.[1] ?? 0);
}

/** `undefined`: the process has ended meanwhile. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

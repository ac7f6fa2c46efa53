import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells user space about CPU time in ticks of 1/100 s, whatever the kernel's own are. */
export const MS_PER_TICK = 10;

const KIB_PER_MIB = 1024;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** It has ended, holds nothing any more, and waits for its parent to ask how. */
  readonly zombie: boolean;
  readonly ticks: number;
  /** Of children that have ended and were waited for. */
  readonly childTicks: number;
}

/** CPU time used by a process and its living descendants so far, user and system, in ms. */
export function cpuMs(pid: number): number {
  return tree(pid).reduce((sum, { ticks }) => sum + ticks, 0) * MS_PER_TICK;
}

/** The same, with that of its descendants that have ended. */
export function cpuEverMs(pid: number): number {
  return tree(pid).reduce((sum, { ticks, childTicks }) => sum + ticks + childTicks, 0) * MS_PER_TICK;
}

/** Of that thread alone which a process began with, in ms: all JavaScript of a Node program that starts no threads. */
export const mainThreadCpuMs = (pid: number): number =>
  (parseStat(pid, read(`/proc/${pid}/task/${pid}/stat`) ?? '').ticks || 0) * MS_PER_TICK;

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

/** Whether any process of a group has not ended yet. */
export const groupRuns = (group: number): boolean =>
  allProcesses().some((each) => each.group === group && !each.zombie);

const allProcesses = (): Stat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => stat(Number(name)) ?? []);

function tree(root: number): Stat[] {
  const all = allProcesses();
  const members = all.filter(({ pid }) => pid === root);
  // Grows while it is walked: children come after their parents.
  for (const { pid } of members) members.push(...all.filter(({ parent }) => parent === pid));
  return members;
}

function stat(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(pid, text);
}

/**
 * @see proc_pid_stat(5): fields 3 (state), 4 (ppid), 5 (pgrp), 14 (utime), 15 (stime), 16 (cutime) and 17 (cstime); the
 * name before them may hold spaces.
 */
function parseStat(pid: number, text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const sum = (...at: number[]) => at.reduce((ticks, field) => ticks + Number(fields[field]), 0);
  const [state, parent, group] = fields;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    zombie: state === 'Z',
    ticks: sum(11, 12),
    childTicks: sum(13, 14),
  };
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

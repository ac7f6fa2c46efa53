import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { atExit } from '../../testing/at-exit.js';
import { parseThrottling, type Throttling } from './throttling.js';

const REMOVE_ATTEMPTS = 100;
const REMOVE_DELAY_MS = 10;

/** In which a quota is given out; Kubernetes leaves the kernel's default. */
const CPU_PERIOD_US = 100_000;

/** What whatever runs in it may use. */
export interface Limits {
  readonly memoryMiB: number;
  /** Thousandths of a CPU; without it, all there are. */
  readonly cpuMilli?: number;
}

export interface Cgroup {
  /** The command line that runs `command` in it. */
  wrap(command: readonly [string, ...string[]]): [string, ...string[]];
  /** So far; `undefined` where the CPU is not limited. */
  throttling(): Throttling | undefined;
  /** Once all that ran in it has ended. */
  remove(): void;
}

/** What tests put in the place of the kernel, which makes and takes away the files of a directory with it. */
export interface CgroupHost {
  readonly mount: string;
  /** `/proc/self/cgroup` */
  readonly own: string;
  readonly mkdir: (path: string) => void;
  readonly rmdir: (path: string) => void;
}

const linux = (): CgroupHost => ({
  mount: '/sys/fs/cgroup',
  own: readFileSync('/proc/self/cgroup', 'utf8'),
  mkdir: mkdirSync,
  rmdir: rmdirSync,
});

/** A file of a cgroup and what is written there, in this order. */
type Settings = readonly (readonly [file: string, text: string])[];

/**
 * Makes one, of cgroup v2 or else v1, below this process's own or the topmost one.
 * @returns `undefined`: this process may not, or a controller is not there.
 */
export function limitedCgroup(limits: Limits, host = linux()): Cgroup | undefined {
  const { mount, own } = host;
  const { memory, cpu } = settings(limits);
  const v2Own = /^0::(.*)$/m.exec(own)?.[1] ?? '/';
  const one = firstMade([join(mount, v2Own), mount], [...memory.v2, ...cpu.v2], host);
  if (one !== undefined) return cgroup([one], cpu.v2.length > 0 ? one : undefined, host);

  const v1Parents = (controller: string) => [
    join(
      mount,
      controller,
      new RegExp(`^\\d+:(?:.*,)?${controller}(?:,.*)?:(.*)$`, 'm').exec(own)?.[1] ?? '/',
    ),
    join(mount, controller),
  ];
  const forMemory = firstMade(v1Parents('memory'), memory.v1, host);
  if (forMemory === undefined) return undefined;
  if (cpu.v1.length === 0) return cgroup([forMemory], undefined, host);
  const forCpu = firstMade(v1Parents('cpu'), cpu.v1, host);
  if (forCpu !== undefined) return cgroup([forMemory, forCpu], forCpu, host);
  removeDirectory(forMemory, host);
  return undefined;
}

function settings({ memoryMiB, cpuMilli }: Limits) {
  const bytes = String(memoryMiB * 1024 ** 2);
  const quota = cpuMilli === undefined ? undefined : String((cpuMilli * CPU_PERIOD_US) / 1000);
  const memory = { v2: [['memory.max', bytes]], v1: [['memory.limit_in_bytes', bytes]] } as const;
  const cpu: { v2: Settings; v1: Settings } =
    quota === undefined
      ? { v2: [], v1: [] }
      : {
          v2: [['cpu.max', `${quota} ${CPU_PERIOD_US}`]],
          v1: [
            ['cpu.cfs_period_us', String(CPU_PERIOD_US)],
            ['cpu.cfs_quota_us', quota],
          ],
        };
  return { memory, cpu };
}

function cgroup(directories: readonly string[], cpuDirectory: string | undefined, host: CgroupHost): Cgroup {
  const removeAll = () => {
    for (const directory of directories) removeDirectory(directory, host);
  };
  const forget = atExit(removeAll);
  const enter = directories.map((directory) => `echo $$ > '${join(directory, 'cgroup.procs')}'`);
  return {
    wrap: (command) => ['sh', '-c', [...enter, 'exec "$@"'].join(' && '), 'sh', ...command],
    throttling: () =>
      cpuDirectory === undefined
        ? undefined
        : parseThrottling(readFileSync(join(cpuDirectory, 'cpu.stat'), 'utf8')),
    remove: () => {
      forget();
      removeAll();
    },
  };
}

/** The directory made below the first parent where that may be done. */
function firstMade(parents: readonly string[], wanted: Settings, host: CgroupHost): string | undefined {
  return parents
    .map((parent) => join(parent, `sprayproxy-bench-${process.pid}`))
    .find((path) => make(path, wanted, host));
}

function make(path: string, wanted: Settings, host: CgroupHost): boolean {
  try {
    host.mkdir(path);
  } catch {
    return false;
  }
  // The kernel makes the files, and only where the controller is on; elsewhere nothing may be written.
  if (wanted.every(([file, text]) => existsSync(join(path, file)) && writes(join(path, file), text)))
    return true;
  removeDirectory(path, host);
  return false;
}

function writes(path: string, text: string): boolean {
  try {
    writeFileSync(path, text);
    return true;
  } catch {
    return false;
  }
}

/** It is busy until the kernel has done away with the processes that were killed in it. */
function removeDirectory(path: string, { rmdir }: CgroupHost): void {
  for (let attempt = 1; attempt <= REMOVE_ATTEMPTS; attempt += 1) {
    try {
      rmdir(path);
      return;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVE_DELAY_MS);
    }
  }
}

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { atExit } from '../../testing/at-exit.js';

const MOUNT = '/sys/fs/cgroup';
const REMOVE_ATTEMPTS = 100;
const REMOVE_DELAY_MS = 10;

/** A limit on the memory of whatever runs in it. */
export interface MemoryCgroup {
  /** The command line that runs `command` in it. */
  wrap(command: readonly [string, ...string[]]): [string, ...string[]];
  /** Once all that ran in it has ended. */
  remove(): void;
}

/**
 * Makes one, of cgroup v2 or else v1, below this process's own or the topmost one.
 * @returns `undefined`: this process may not, or no memory controller is there.
 */
export function memoryCgroup(limitMiB: number): MemoryCgroup | undefined {
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  const v2 = /^0::(.*)$/m.exec(own)?.[1] ?? '/';
  const v1 = /^\d+:memory:(.*)$/m.exec(own)?.[1] ?? '/';
  for (const [parent, limitFile] of [
    [join(MOUNT, v2), 'memory.max'],
    [MOUNT, 'memory.max'],
    [join(MOUNT, 'memory', v1), 'memory.limit_in_bytes'],
    [join(MOUNT, 'memory'), 'memory.limit_in_bytes'],
  ] as const) {
    const made = make(join(parent, `sprayproxy-bench-${process.pid}`), limitFile, limitMiB);
    if (made !== undefined) return made;
  }
  return undefined;
}

function make(path: string, limitFile: string, limitMiB: number): MemoryCgroup | undefined {
  try {
    mkdirSync(path);
  } catch {
    return undefined;
  }
  const forget = atExit(() => {
    removeDirectory(path);
  });
  const remove = () => {
    forget();
    removeDirectory(path);
  };
  // The kernel makes the files, and only where the controller is on; elsewhere nothing may be written.
  if (!existsSync(join(path, limitFile)) || !writes(join(path, limitFile), `${limitMiB * 1024 ** 2}`)) {
    remove();
    return undefined;
  }
  const enter = `echo $$ > '${join(path, 'cgroup.procs')}' && exec "$@"`;
  return { wrap: (command) => ['sh', '-c', enter, 'sh', ...command], remove };
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
function removeDirectory(path: string): void {
  for (let attempt = 1; attempt <= REMOVE_ATTEMPTS; attempt += 1) {
    try {
      rmdirSync(path);
      return;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVE_DELAY_MS);
    }
  }
}

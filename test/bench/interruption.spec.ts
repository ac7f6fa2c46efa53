import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { pidsOf } from '../../bench/process/process-tree.js';
import { podUnavailable } from '../../bench/scenarios/pod.js';
import { useTempDir } from '../support/temp-dir.js';
import { BENCH } from './run-bench.js';

const INTERVAL_MS = 20;

/** The bench, nginx and its worker, the contender, and wrk. */
const PROCESSES_UNDER_LOAD = 5;

jest.setTimeout(60_000);

const directory = useTempDir();

/** With a database server, whose processes are eight, and the program's connections to it. */
const WITH_DATABASE = 14;

const IN_POD = podUnavailable() === undefined ? ([['SIGINT', 130, 'pod-10k']] as const) : [];

it.each([
  ['SIGINT', 130, '10k-3'],
  ['SIGTERM', 143, '10k-3'],
  ['SIGINT', 130, '10k-3 --contenders ours-postgres', WITH_DATABASE],
  ...IN_POD,
] as const)(
  'the bench leaves no process and no file behind at %s (%d, %s)',
  async (signal, status, what, processes: number = PROCESSES_UNDER_LOAD) => {
    // The user a database server runs as has to get there.
    chmodSync(directory.path, 0o755);
    const bench = spawn(process.execPath, [BENCH, '--only', ...what.split(' ')], {
      env: { ...process.env, TMPDIR: directory.path },
      stdio: 'ignore',
    });
    const { pid = 0 } = bench;
    await until(() => pidsOf(pid).length >= processes);
    const started = pidsOf(pid);
    bench.kill(signal);
    await once(bench, 'exit');

    expect(bench.exitCode).toBe(status);
    await until(() => !started.some(isAlive));
    await until(() => readdirSync(directory.path).length === 0);
    expect(cgroups(pid)).toEqual([]);
  },
);

/** Made by that bench, and still there. */
function cgroups(pid: number): string[] {
  const all = readdirSync('/sys/fs/cgroup', { recursive: true, encoding: 'utf8' });
  return all.filter((path) => path.endsWith(`/sprayproxy-bench-${pid}`));
}

/** Fails by the time-out of the test. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(INTERVAL_MS);
}

/** One that has ended may wait, as a zombie, to be asked how. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

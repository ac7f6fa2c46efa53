import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { type CgroupHost, limitedCgroup } from '../../bench/process/cgroup.js';
import { throttledPercent } from '../../bench/process/throttling.js';
import { useTempDir } from '../support/temp-dir.js';

const POD = { memoryMiB: 384, cpuMilli: 500 };
const NAME = `sprayproxy-bench-${process.pid}`;

const V2_FILES = ['cgroup.procs', 'memory.max', 'cpu.max', 'cpu.stat'];
const V1_FILES = [
  'cgroup.procs',
  'memory.limit_in_bytes',
  'cpu.cfs_period_us',
  'cpu.cfs_quota_us',
  'cpu.stat',
];

const directory = useTempDir();

/**
 * A kernel that makes `files` in each new directory below one of `parents`, and lets nobody make any elsewhere.
 * @param own what it says of this process.
 */
function kernel(own: string, parents: readonly string[], files: readonly string[]): CgroupHost {
  const mount = directory.path;
  for (const parent of parents) mkdirSync(join(mount, parent), { recursive: true });
  return {
    mount,
    own,
    mkdir: (path) => {
      if (!parents.includes(path.slice(mount.length + 1, -NAME.length - 1))) throw new Error('EACCES');
      mkdirSync(path);
      for (const file of files) writeFileSync(join(path, file), '');
    },
    rmdir: (path) => {
      rmSync(path, { recursive: true });
    },
  };
}

const written = (...path: string[]): string => readFileSync(join(directory.path, ...path), 'utf8');

/** Directories that were made and are still there. */
const left = (): string[] =>
  readdirSync(directory.path, { recursive: true, encoding: 'utf8' }).filter(
    (path) => basename(path) === NAME,
  );

describe('a cgroup with the limits of a pod', () => {
  it.each([
    ['below its own', '0::/user.slice\n', 'user.slice'],
    ['at the top, where it may not below its own', '0::/not/allowed\n', ''],
  ])('is made of v2, %s', (_, own, parent) => {
    const pod = limitedCgroup(POD, kernel(own, [parent], V2_FILES));

    expect(written(parent, NAME, 'memory.max')).toBe('402653184');
    expect(written(parent, NAME, 'cpu.max')).toBe('50000 100000');
    const path = join(directory.path, parent, NAME, 'cgroup.procs');
    expect(pod?.wrap(['node', 'main.js'])).toEqual([
      'sh',
      '-c',
      `echo $$ > '${path}' && exec "$@"`,
      'sh',
      'node',
      'main.js',
    ]);
    pod?.remove();
    expect(left()).toEqual([]);
  });

  it.each([
    ['below its own', '5:memory:/here\n1:cpu,cpuacct:/there\n0::/\n', 'memory/here', 'cpu/there'],
    ['at the top, where it may not below its own', '5:memory:/x\n1:cpu:/y\n', 'memory', 'cpu'],
    ['at the top of one, below its own of the other', '5:memory:/here\n1:cpu:/y\n', 'memory/here', 'cpu'],
  ])('is made of the two of v1, %s', (_, own, memory, cpu) => {
    const pod = limitedCgroup(POD, kernel(own, [memory, cpu], V1_FILES));

    expect(written(memory, NAME, 'memory.limit_in_bytes')).toBe('402653184');
    expect(written(cpu, NAME, 'cpu.cfs_period_us')).toBe('100000');
    expect(written(cpu, NAME, 'cpu.cfs_quota_us')).toBe('50000');
    const enter = [memory, cpu].map(
      (each) => `echo $$ > '${join(directory.path, each, NAME, 'cgroup.procs')}'`,
    );
    expect(pod?.wrap(['true'])[2]).toBe(`${enter.join(' && ')} && exec "$@"`);
    pod?.remove();
    expect(left()).toEqual([]);
  });

  it.each([
    ['nothing may be made', [], V2_FILES],
    ['v2 has no controllers', [''], ['cgroup.procs']],
    ['v2 has no CPU controller', [''], ['cgroup.procs', 'memory.max']],
    ['v1 has no CPU controller', ['memory'], V1_FILES],
    ['v1 has no memory controller', ['cpu'], V1_FILES],
  ])('is not there, and leaves nothing behind, where %s', (_, parents, files) => {
    expect(limitedCgroup(POD, kernel('0::/\n', parents, files))).toBeUndefined();
    expect(left()).toEqual([]);
  });

  it('needs no CPU controller where memory alone is limited', () => {
    const cgroup = limitedCgroup({ memoryMiB: 1 }, kernel('4:memory:/\n', ['memory'], V1_FILES));
    expect(written('memory', NAME, 'memory.limit_in_bytes')).toBe('1048576');
    expect(cgroup?.throttling()).toBeUndefined();
    cgroup?.remove();
  });
});

describe('throttled periods', () => {
  it.each([
    ['v2', 'usage_usec 9\nnr_periods 10\nnr_throttled 4\nthrottled_usec 9\n'],
    ['v1', 'nr_periods 10\nnr_throttled 4\nthrottled_time 9\n'],
  ])('are read as %s tells them', (version, text) => {
    const files = version === 'v2' ? V2_FILES : V1_FILES;
    const parents = version === 'v2' ? [''] : ['memory', 'cpu'];
    const pod = limitedCgroup(POD, kernel('', parents, files));
    writeFileSync(join(directory.path, version === 'v2' ? '' : 'cpu', NAME, 'cpu.stat'), text);

    expect(pod?.throttling()).toEqual({ periods: 10, throttled: 4 });
    pod?.remove();
  });

  it('are counted between two looks', () => {
    const before = { periods: 10, throttled: 4 };
    expect(throttledPercent(before, { periods: 30, throttled: 19 })).toBe(75);
    expect(throttledPercent(before, before)).toBeUndefined();
  });
});

import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  /** Of the last minute before the run: others that were at work. */
  readonly loadAverage: number;
  /** File system the spools are on: what a flush to disk costs. */
  readonly spoolFileSystem: string;
}

export function machine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryMiB: Math.round(totalmem() / 1024 ** 2),
    kernel: release(),
    loadAverage: loadavg()[0] ?? 0,
    spoolFileSystem: execFileSync('stat', ['-f', '-c', '%T', tmpdir()], { encoding: 'utf8' }).trim(),
  };
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { installedBinaries } from '../testing/postgres/binaries.js';
import { BenchError } from './bench-error.js';

/** Debian keeps nginx where only root's path leads. */
const ALSO_IN = ['/usr/sbin', '/usr/local/sbin'];

/** Programs the bench uses, by path. */
export interface Tools {
  readonly wrk: string;
  /** `undefined`: not installed. Minimal programs stand in as backends, and there is no `mirror` to compare with. */
  readonly nginx: string | undefined;
}

/** @throws BenchError if there is no wrk. */
export function findTools(path = process.env.PATH ?? ''): Tools {
  const directories = path.split(':');
  const wrk = find('wrk', directories);
  if (wrk === undefined) {
    throw new BenchError('wrk, which makes the load, is not installed: apt-get install wrk nginx-light', 2);
  }
  return { wrk, nginx: find('nginx', [...directories, ...ALSO_IN]) };
}

const find = (name: string, directories: readonly string[]): string | undefined =>
  directories.map((directory) => join(directory, name)).find((file) => existsSync(file));

export const wrkVersion = ({ wrk }: Tools): string => /^wrk (\S+)/.exec(output(wrk, '-v'))?.[1] ?? 'unknown';

/** `null`: there is none. */
export const nginxVersion = ({ nginx }: Tools): string | null =>
  nginx === undefined ? null : (/nginx\/(\S+)/.exec(output(nginx, '-v'))?.[1] ?? 'unknown');

export const postgresVersion = (): string =>
  / (\d[\d.]*)/.exec(output(join(installedBinaries(), 'postgres'), '--version'))?.[1] ?? 'unknown';

/** What a program says of its version, wherever it says it: wrk ends with 1 then. */
function output(file: string, flag: string): string {
  try {
    return execFileSync('sh', ['-c', '"$0" "$1" 2>&1 || true', file, flag], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

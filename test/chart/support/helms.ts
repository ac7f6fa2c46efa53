import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { REPOSITORY } from '../../manifests/support/kustomize.js';

/** The programs to test with, the newest last, as obtain-helm.js has told. */
export const HELMS = JSON.parse(process.env.TEST_HELMS ?? '[]') as readonly string[];

export const CHART = join(REPOSITORY, 'charts', 'sprayproxy');

/**
 * Runs Helm.
 * @param values of the user, on its standard input, which `--values -` reads
 * @returns what it wrote to standard output
 * @throws what it has against it
 */
export function run(helm: string, args: readonly string[], values: unknown = {}): string {
  const { error, status, stdout, stderr } = spawnSync(helm, args, {
    encoding: 'utf8',
    input: JSON.stringify(values),
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

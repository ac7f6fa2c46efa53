import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { tempDir } from '../../bench/process/temp-dir.js';
import { type Result } from '../../bench/result.js';
import { ROOT } from '../../testing/paths.js';
import { onCleanup } from '../support/cleanup.js';

export const BENCH = join(ROOT, 'dist-bench', 'bench', 'bench.js');

export interface BenchRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The bench as it is run by hand, to its end. */
export function runBench(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<BenchRun> {
  const env = { ...process.env, ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [BENCH, ...args], { env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode, stdout, stderr });
    });
  });
}

export interface WrittenRun extends BenchRun {
  readonly result: Result;
  readonly markdown: string;
}

/** A run that writes its results. */
export async function writtenBench(
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<WrittenRun> {
  const directory = tempDir();
  onCleanup(() => {
    directory.remove();
  });
  const out = join(directory.path, 'result.json');
  const run = await runBench([...args, '--out', out], variables);
  return {
    ...run,
    result: JSON.parse(readFileSync(out, 'utf8')) as Result,
    markdown: readFileSync(out.replace('.json', '.md'), 'utf8'),
  };
}

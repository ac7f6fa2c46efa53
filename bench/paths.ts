import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package: this file is run from its source by tests, and compiled, one directory deeper. */
export const ROOT = packageAbove(__dirname);

export const OURS = join(ROOT, 'dist', 'main.js');

/** Compiled programs of the bench that run as processes of their own. */
export const program = (name: 'floor' | 'programs/backend' | 'programs/fill-spool'): string =>
  join(ROOT, 'dist-bench', 'bench', `${name}.js`);

function packageAbove(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : packageAbove(dirname(directory));
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package: this file is run from its source by tests, and compiled, one directory deeper. */
export const ROOT = packageAbove(__dirname);

/** The built program. */
export const MAIN = join(ROOT, 'dist', 'main.js');

function packageAbove(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : packageAbove(dirname(directory));
}

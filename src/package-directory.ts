import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where package.json lies. */
export const PACKAGE_DIRECTORY = packageAbove(__dirname);

function packageAbove(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : packageAbove(dirname(directory));
}

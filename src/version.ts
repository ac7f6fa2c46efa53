import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { PACKAGE_DIRECTORY } from './package-directory.js';

/** The version of this program, from its package.json. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(PACKAGE_DIRECTORY, 'package.json'), 'utf8')) as { version: string }
).version;

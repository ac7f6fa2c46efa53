import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PACKAGE_DIRECTORY } from '../package-directory.js';

/** The OpenAPI document of `/backends` and `/deliveries`. It lies beside the package.json, in the image as well. */
const FILE = join(PACKAGE_DIRECTORY, 'docs/openapi.json');

/** What it holds, read when it is asked for: hardly ever. */
export const readDescription = async (): Promise<object> =>
  JSON.parse(await readFile(FILE, 'utf8')) as object;

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The OpenAPI document of `/backends` and `/deliveries`. It lies beside the package.json, in the image as well. */
const FILE = join(__dirname, '../../docs/openapi.json');

/** What it holds, read when it is asked for: hardly ever. */
export const readDescription = async (): Promise<object> =>
  JSON.parse(await readFile(FILE, 'utf8')) as object;

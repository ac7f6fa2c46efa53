import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { nodeFlags } from '../testing/node-flags.js';
import { MAIN, ROOT } from '../testing/paths.js';
import { nginxVersion, postgresVersion, type Tools, wrkVersion } from './tools.js';

export interface Versions {
  readonly sprayproxy: string;
  readonly node: string;
  /** Flags both our program and the floor were run with. */
  readonly nodeFlags: readonly string[];
  readonly wrk: string;
  /** `null`: not installed. */
  readonly nginx: string | null;
  readonly postgres: string;
}

export function versions(tools: Tools): Versions {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return {
    sprayproxy: version,
    node: process.versions.node,
    nodeFlags: nodeFlags(MAIN),
    wrk: wrkVersion(tools),
    nginx: nginxVersion(tools),
    postgres: postgresVersion(),
  };
}

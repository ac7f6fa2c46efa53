import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { fixture } from '../fixture.js';

const run = promisify(execFile);

/** What a process reads in a spool that nobody has open. */
export interface SpoolContent {
  readonly deliveries: readonly unknown[];
  /** Base64 of each, or why it cannot be read. */
  readonly payloads: readonly string[];
  /** How much is owed and dead, by backend. */
  readonly counts: readonly [backend: string, unknown][];
}

/** In a process of its own: a damaged one may crash it. */
export async function readSpool(dir: string): Promise<SpoolContent> {
  const { stdout } = await run(process.execPath, [fixture('read-spool.js'), dir]);
  return JSON.parse(stdout) as SpoolContent;
}

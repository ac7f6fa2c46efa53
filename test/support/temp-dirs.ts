import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onCleanup } from './cleanup.js';

/** An empty directory, which is gone after the test; one made in `beforeAll`, after the file. */
export function makeTempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
  onCleanup(() => {
    rmSync(dir, { recursive: true });
  });
  return dir;
}

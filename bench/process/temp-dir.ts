import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atExit } from '../../testing/at-exit.js';

export interface TempDir {
  readonly path: string;
  remove(): void;
}

/** An empty directory, in `TMPDIR`, that is gone at the latest when this process ends. */
export function tempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'sprayproxy-bench-'));
  const rm = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 10 });
  };
  const forget = atExit(rm);
  return {
    path,
    remove: () => {
      forget();
      rm();
    },
  };
}

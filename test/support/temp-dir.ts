import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives each test a directory of its own, and takes it away afterwards. */
export function useTempDir(): { readonly path: string } {
  const dir = { path: '' };
  beforeEach(() => {
    dir.path = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
  });
  afterEach(() => {
    rmSync(dir.path, { recursive: true });
  });
  return dir;
}

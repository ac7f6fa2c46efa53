import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onLateCleanup } from './cleanup.js';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'sprayproxy-'));

/** Gives each test a directory of its own, and takes it away afterwards. */
export function useTempDir(): { readonly path: string } {
  const dir = { path: '' };
  beforeEach(() => {
    dir.path = newDir();
  });
  afterEach(() => {
    rmSync(dir.path, { recursive: true });
  });
  return dir;
}

/** A directory that is taken away after everything else that was begun with it. */
export function makeTempDir(): string {
  const path = newDir();
  onLateCleanup(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

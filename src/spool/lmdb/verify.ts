import { ABORT } from 'lmdb';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { faultBetweenRecords } from './verify-records.js';
import {
  MAY_BE_MISSING,
  openDatabases,
  openRoot,
  SINCE_VERSION_2,
  SPOOL_VERSION,
  type SpoolDatabases,
} from './layout.js';
import { DATA_FILE } from './data-file.js';
import { type SpoolReader } from './spool-reading.js';

/** After the header of a page. */
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;

/** The engine reads its list of free pages until it finds so many in one place: of most spools, all of it. */
const PROBE_BYTES = 4 * 1024 * 1024;

/**
 * Reads a spool, all but the bytes of the payloads, and changes nothing.
 *
 * The engine trusts its file: a damaged one may crash the process or keep it busy for ever, so this is run in a process
 * of its own.
 * @returns what is wrong with it, as in `is damaged (why)`; `undefined`: nothing.
 */
export async function checkSpool(dir: string, reader: SpoolReader = 'owner'): Promise<string | undefined> {
  const file = join(dir, DATA_FILE);
  if (!hasMagic(file, 0)) return `holds a ${DATA_FILE} that is no LMDB database, or has lost its beginning`;
  try {
    const root = openRoot(dir, true);
    const { pageSize, lastPageNumber } = root.getStats() as { pageSize: number; lastPageNumber: number };
    // Before anything is read: what is beyond the end of the file cannot be.
    if (statSync(file).size < (lastPageNumber + 1) * pageSize)
      return damaged('the end of its file is missing');
    // Without its second page, which is like the first, it would be as it was before its last change.
    if (!hasMagic(file, pageSize)) return damaged('its second page is none of its own');
    const fault = faultIn(openDatabases(root));
    if (fault !== undefined) return fault;
    await root.close();
    if (reader === 'owner') await readFreePages(dir);
    return undefined;
  } catch (error) {
    return damaged(String(error));
  }
}

const FOREIGN = `holds a ${DATA_FILE} of another program, or a damaged one`;

const damaged = (why: string): string => `holds a damaged spool (${why})`;

function hasMagic(file: string, page: number): boolean {
  const bytes = Buffer.alloc(MAGIC_AT + 4);
  const descriptor = openSync(file, 'r');
  const read = readSync(descriptor, bytes, { position: page });
  closeSync(descriptor);
  return read === bytes.length && bytes.readUInt32LE(MAGIC_AT) === MAGIC;
}

function faultIn(databases: SpoolDatabases): string | undefined {
  // Opened for reading only, what is not there is `undefined`, whatever its type.
  const missing = Object.entries(databases).flatMap(([name, table]) =>
    table === undefined && !MAY_BE_MISSING.includes(name) ? [name] : [],
  );
  if (missing.some((name) => !SINCE_VERSION_2.includes(name))) return FOREIGN;
  const version = databases.state.get('version');
  if (typeof version !== 'number') return damaged('it does not tell its version');
  if (version < 1 || version > SPOOL_VERSION) {
    return `was written with version ${version} of the spool's layout, and this program knows versions 1 to ${SPOOL_VERSION} only`;
  }
  if (version > 1 && missing.length > 0) return FOREIGN;
  const fault = faultBetweenRecords(databases);
  return fault === undefined ? undefined : damaged(fault);
}

/** As a write would; the write is not made. @throws Error if it could not be. */
async function readFreePages(dir: string): Promise<void> {
  const root = openRoot(dir, false);
  root.transactionSync(() => {
    root.putSync('probe', Buffer.alloc(PROBE_BYTES));
    // A write does not say that it has failed, what follows it does.
    root.get('probe');
    return ABORT;
  });
  await root.close();
}

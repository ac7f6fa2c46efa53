import { access, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { DATA_FILE } from './data-file.js';
import { damaged, hasDataFile, probe, readInProcess, unwritable } from './directory.js';
import { SpoolLock } from './lock.js';

/**
 * What there is in the directory of a spool.
 * - missing: the start would make it.
 * - taken: another process uses it, and nothing in it has been read.
 * - empty: the start would begin a spool in it.
 * - sound: there is a spool, with these registered backends, that holds so many bytes.
 */
export type SpoolVisit =
  | { readonly state: 'missing' | 'taken' | 'empty' }
  | {
      readonly state: 'sound';
      readonly registeredBackends: readonly string[];
      /** The note with their filters. */
      readonly backendFilters: string | undefined;
      readonly bytes: number;
    };

/**
 * Looks at the directory of a spool as the start would, leaves everything as it was, and is in nobody's way: a process
 * that starts meanwhile gets the lock.
 * @throws SpoolUnusableError if a start would be refused, for another reason than that the directory is taken.
 */
export async function visitSpool(dir: string): Promise<SpoolVisit> {
  const existing = await nearestExisting(dir);
  try {
    await probe(existing);
  } catch (error) {
    throw await unwritable(dir, error);
  }
  if (existing !== resolve(dir)) return { state: 'missing' };
  if (await SpoolLock.isTaken(dir)) return { state: 'taken' };
  if (!(await hasDataFile(dir))) return { state: 'empty' };
  const { fault, registeredBackends = [], backendFilters, bytes = 0 } = await readAsGuest(dir);
  // Whoever took it meanwhile may have changed what was being read.
  if (await SpoolLock.isTaken(dir)) return { state: 'taken' };
  if (fault !== undefined) throw damaged(dir, fault);
  return { state: 'sound', registeredBackends, backendFilters, bytes };
}

/** The directory, or the one above it in which it would be made. */
export async function nearestExisting(dir: string): Promise<string> {
  const path = resolve(dir);
  try {
    await access(path);
    return path;
  } catch {
    return path === dirname(path) ? path : nearestExisting(dirname(path));
  }
}

/** The engine makes a lock file beside the data file, even to read it: so it gets to see that from elsewhere. */
async function readAsGuest(dir: string): ReturnType<typeof readInProcess> {
  const elsewhere = await makeTemporary(dir);
  try {
    await symlink(resolve(dir, DATA_FILE), join(elsewhere, DATA_FILE));
    return await readInProcess(elsewhere, 'guest');
  } finally {
    await rm(elsewhere, { recursive: true });
  }
}

/** A container may have no other directory to write to than the spool's own. */
async function makeTemporary(dir: string): Promise<string> {
  const name = 'sprayproxy-check-';
  return mkdtemp(join(tmpdir(), name)).catch(() => mkdtemp(join(dir, name)));
}

/** Bytes of the file that holds the spool; 0 if there is none. */
export async function spoolFileBytes(dir: string): Promise<number> {
  return stat(join(dir, DATA_FILE)).then(
    ({ size }) => size,
    () => 0,
  );
}

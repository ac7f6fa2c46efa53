import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { DATA_FILE } from './data-file.js';
import { LOCK_FILE, makeSharedDirectory } from './shared-files.js';
import { type SpoolReader, type SpoolReading } from './spool-reading.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';

const BEGIN_AFRESH =
  "move the directory away and start again to begin with an empty spool; what it owed can be redelivered from GitHub's list of deliveries";

/** 100,000 deliveries take some 2 s if the file is in memory; a slow disk and a larger spool may take minutes. */
const MAX_CHECK_MS = 10 * 60_000;

/** How a process ends that was led astray by the file it read. */
const CRASHES: readonly (NodeJS.Signals | null)[] = [
  'SIGSEGV',
  'SIGBUS',
  'SIGABRT',
  'SIGFPE',
  'SIGILL',
  'SIGTRAP',
];

/**
 * Makes the directory if it is missing.
 * @throws SpoolUnusableError if it is no directory or cannot be written to.
 */
export async function prepareDirectory(dir: string): Promise<void> {
  try {
    await makeDirectory(resolve(dir));
    await probe(dir);
  } catch (error) {
    throw await unwritable(dir, error);
  }
}

/** @param error why nothing can be written there */
export async function unwritable(dir: string, error: unknown): Promise<SpoolUnusableError> {
  const isFile = await stat(dir).then(
    (found) => !found.isDirectory(),
    () => false,
  );
  return isFile
    ? new SpoolUnusableError(dir, 'is no directory', 'name a directory, which need not exist')
    : new SpoolUnusableError(
        dir,
        `cannot be written to (${String(error)})`,
        'name one that this process may write to, on a volume of its own',
      );
}

/** Permissions do not tell of a file system that is mounted read-only. @throws Error if no file can be made there. */
export async function probe(dir: string): Promise<void> {
  const file = join(dir, `probe.${randomUUID()}`);
  await writeFile(file, '', { flag: 'wx' });
  await rm(file);
}

/** Not `mkdir` with `recursive`: that never returns in a file system that makes no directories, such as /proc. */
async function makeDirectory(dir: string): Promise<void> {
  const exists = await access(dir).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await makeDirectory(dirname(dir));
  await makeSharedDirectory(dir);
}

/**
 * Looks at what is in the directory before the engine does. A directory without a data file is an empty spool, whatever
 * else is in it: a new volume has a `lost+found`.
 * @returns whether there is a spool.
 * @throws SpoolUnusableError if what is there cannot be used.
 */
export async function inspect(dir: string): Promise<boolean> {
  if (!(await hasDataFile(dir))) return false;
  const { fault } = await readInProcess(dir, 'owner');
  if (fault !== undefined) throw damaged(dir, fault);
  return true;
}

export const damaged = (dir: string, fault: string): SpoolUnusableError =>
  new SpoolUnusableError(dir, fault, BEGIN_AFRESH);

/** @throws SpoolUnusableError if there is one that this process cannot use, or with which it cannot. */
export async function hasDataFile(dir: string): Promise<boolean> {
  // Left behind by a spool that is gone, it is in the way of the next.
  await hasFile(dir, LOCK_FILE);
  return hasFile(dir, DATA_FILE);
}

async function hasFile(dir: string, name: string): Promise<boolean> {
  const file = join(dir, name);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isFile()) throw damaged(dir, `holds a ${name} that is no file`);
  await access(file, constants.R_OK | constants.W_OK).catch((error: unknown) => {
    throw new SpoolUnusableError(
      dir,
      `holds a ${name} that this process may not read and write (${String(error)})`,
      'give its files to the user this process runs as, or to a group of it',
    );
  });
  return true;
}

/** Has a process of its own read the spool, as `checkSpool` says. */
export function readInProcess(dir: string, reader: SpoolReader): Promise<SpoolReading> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'verify-process.js'), [dir, reader], {
      // Nothing of the parent's: no secret, no debugger.
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: MAX_CHECK_MS,
      killSignal: 'SIGKILL',
    });
    let answer: SpoolReading | undefined;
    child.on('message', (message: SpoolReading) => (answer = message));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (answer !== undefined) resolve(answer);
      else if (CRASHES.includes(signal) || code !== null)
        resolve({ fault: 'holds a damaged spool (it cannot be read)' });
      else
        resolve({
          fault: `could not be checked within ${MAX_CHECK_MS / 60_000} minutes, or the check was killed (${String(signal)})`,
        });
    });
  });
}

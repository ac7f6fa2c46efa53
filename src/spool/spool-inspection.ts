import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { DATA_FILE } from './spool-databases.js';
import { SpoolUnusableError } from './spool-unusable-error.js';

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
    // Permissions do not tell of a file system that is mounted read-only.
    const probe = join(dir, `probe.${randomUUID()}`);
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
  } catch (error) {
    const isFile = await stat(dir).then(
      (found) => !found.isDirectory(),
      () => false,
    );
    throw isFile
      ? new SpoolUnusableError(dir, 'is no directory', 'name a directory, which need not exist')
      : new SpoolUnusableError(
          dir,
          `cannot be written to (${String(error)})`,
          'name one that this process may write to, on a volume of its own',
        );
  }
}

/** Not `mkdir` with `recursive`: that never returns in a file system that makes no directories, such as /proc. */
async function makeDirectory(dir: string): Promise<void> {
  const exists = await access(dir).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await makeDirectory(dirname(dir));
  await mkdir(dir);
}

/**
 * Looks at what is in the directory before the engine does. A directory without a data file is an empty spool, whatever
 * else is in it: a new volume has a `lost+found`.
 * @returns whether there is a spool.
 * @throws SpoolUnusableError if what is there cannot be used.
 */
export async function inspect(dir: string): Promise<boolean> {
  const file = join(dir, DATA_FILE);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isFile())
    throw new SpoolUnusableError(dir, `holds a ${DATA_FILE} that is no file`, BEGIN_AFRESH);
  await access(file, constants.R_OK | constants.W_OK).catch((error: unknown) => {
    throw new SpoolUnusableError(
      dir,
      `holds a ${DATA_FILE} that this process may not read and write (${String(error)})`,
      'give its files to the user this process runs as',
    );
  });
  const fault = await faultOf(dir);
  if (fault !== undefined) throw new SpoolUnusableError(dir, fault, BEGIN_AFRESH);
  return true;
}

/** What a process of its own finds wrong with the spool. */
function faultOf(dir: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'check-spool-process.js'), [dir], {
      // Nothing of the parent's: no secret, no debugger.
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: MAX_CHECK_MS,
      killSignal: 'SIGKILL',
    });
    let answer: { fault?: string } | undefined;
    child.on('message', (message: { fault?: string }) => (answer = message));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (answer !== undefined) resolve(answer.fault);
      else if (CRASHES.includes(signal) || code !== null)
        resolve('holds a damaged spool (it cannot be read)');
      else
        resolve(
          `could not be checked within ${MAX_CHECK_MS / 60_000} minutes, or the check was killed (${String(signal)})`,
        );
    });
  });
}

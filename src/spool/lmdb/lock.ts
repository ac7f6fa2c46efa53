import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { SpoolUnusableError } from '../spool-unusable-error.js';
import { shareFile } from './shared-files.js';

const PREFIX = 'spool.lock.';

/**
 * A socket's address may have 107 bytes, a directory's name more; on Linux it is reached by the number of its
 * descriptor.
 */
const addressIn = (dir: string, handle: FileHandle, name: string): string =>
  process.platform === 'linux' ? `/proc/self/fd/${handle.fd}/${name}` : join(dir, name);

/**
 * Keeps a directory to one process of this machine, in whatever container it runs.
 *
 * The lock is a socket in the directory on which the process listens: the kernel refuses connections to it from the
 * moment the process is gone, however it went, so that nothing has to be cleaned up by hand. Every process announces
 * itself by a socket of its own before it looks for those of others; therefore no two ever get the lock. Two that start
 * in the same instant may both be refused.
 */
export class SpoolLock {
  private constructor(
    private readonly file: string,
    private readonly server: Server,
  ) {}

  /** @throws SpoolUnusableError if another process has the lock, or the directory cannot hold a socket. */
  static async take(dir: string): Promise<SpoolLock> {
    const handle = await open(dir);
    try {
      const name = PREFIX + randomUUID();
      const lock = new SpoolLock(join(dir, name), await announce(dir, handle, name));
      try {
        await refuseIfTaken(dir, handle, name);
      } catch (error) {
        await lock.release();
        throw error;
      }
      return lock;
    } finally {
      await handle.close();
    }
  }

  /** Whether a process has the lock. Changes nothing, and keeps nobody from taking it. */
  static async isTaken(dir: string): Promise<boolean> {
    const handle = await open(dir);
    try {
      return (await announced(dir, handle)).some(({ state }) => state !== 'dead');
    } finally {
      await handle.close();
    }
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
    this.server.close();
  }
}

/** Under its name a socket is found only once connections to it are accepted. */
async function announce(dir: string, handle: FileHandle, name: string): Promise<Server> {
  const server = createServer((connection) => connection.destroy());
  const unnamed = `new.${name}`;
  try {
    server.listen(addressIn(dir, handle, unnamed));
    await once(server, 'listening');
    // Only who may write to a socket learns whether somebody listens.
    await shareFile(join(dir, unnamed));
    await rename(join(dir, unnamed), join(dir, name));
  } catch (error) {
    server.close();
    throw new SpoolUnusableError(dir, `cannot be locked (${String(error)})`, 'it must be on a local disk');
  }
  server.on('error', () => undefined);
  server.unref();
  return server;
}

/** Whoever does not accept a connection any more is gone for good, and its socket is removed. */
async function refuseIfTaken(dir: string, handle: FileHandle, own: string): Promise<void> {
  for (const { name, state } of await announced(dir, handle, own)) {
    if (state === 'hidden') {
      throw new SpoolUnusableError(
        dir,
        `holds a ${name} of another user, so that nobody can tell whether it is in use`,
        'remove that file if the process that made it has ended',
      );
    }
    if (state === 'alive') {
      throw new SpoolUnusableError(
        dir,
        'is used by another process',
        'every instance needs a directory of its own, and the last one must have ended before the next one starts',
      );
    }
    await rm(join(dir, name), { force: true });
  }
}

interface Announced {
  readonly name: string;
  /** hidden: this process may not ask. */
  readonly state: 'alive' | 'dead' | 'hidden';
}

const STATES: Readonly<Record<string, Announced['state']>> = { ECONNREFUSED: 'dead', EACCES: 'hidden' };

/** The sockets of all processes that have announced themselves. @param own the one that does not count. */
async function announced(dir: string, handle: FileHandle, own?: string): Promise<Announced[]> {
  const found: Announced[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isSocket() || !name.startsWith(PREFIX) || name === own) continue;
    const failure = await failureToConnect(addressIn(dir, handle, name));
    if (failure !== 'ENOENT') found.push({ name, state: STATES[failure ?? ''] ?? 'alive' });
  }
  return found;
}

async function failureToConnect(address: string): Promise<string | undefined> {
  const connection = connect(address);
  try {
    await once(connection, 'connect');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    connection.destroy();
  }
}

import { chmod, mkdir, stat } from 'node:fs/promises';

/** The engine's own lock, beside the data file. */
export const LOCK_FILE = 'lock.mdb';

const FOR_OWNER_AND_GROUP = 0o660;
const SPECIAL_BITS = 0o7000;

/** Whoever takes over may run as another user of the same group, whatever the umask is of who made the file. */
export async function shareFile(file: string): Promise<void> {
  await allow(file, FOR_OWNER_AND_GROUP);
}

export async function makeSharedDirectory(dir: string): Promise<void> {
  await mkdir(dir);
  await allow(dir, FOR_OWNER_AND_GROUP | 0o110);
}

async function allow(path: string, permissions: number): Promise<void> {
  const { mode } = await stat(path);
  // A set-group-ID directory hands its group down.
  await chmod(path, (mode & SPECIAL_BITS) | permissions).catch((error: unknown) => {
    // It is for its owner to say who may use it, and may be usable as it is.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  });
}

import { once } from 'node:events';
import { link, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { useTempDir } from '../../../test/support/temp-dir.js';
import { SpoolLock } from './lock.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';

const dir = useTempDir();
const taken: SpoolLock[] = [];

async function take(path = dir.path): Promise<SpoolLock> {
  const lock = await SpoolLock.take(path);
  taken.push(lock);
  return lock;
}

afterEach(async () => {
  for (const lock of taken.splice(0)) await lock.release();
});

/** What a process leaves behind that was killed: a socket that nobody listens on. */
async function leaveDeadSocket(name: string): Promise<void> {
  const server = createServer().listen(join(dir.path, 'dying'));
  await once(server, 'listening');
  await link(join(dir.path, 'dying'), join(dir.path, name));
  server.close();
  await once(server, 'close');
}

it('is had by one at a time', async () => {
  const lock = await take();
  const refused = take();
  await expect(refused).rejects.toThrow(SpoolUnusableError);
  await expect(refused).rejects.toThrow(
    `the spool's directory ${dir.path} (SPRAYPROXY_SPOOL_URL) is used by another process`,
  );
  await lock.release();
  await take();
});

it('leaves nothing behind', async () => {
  const lock = await take();
  await expect(take()).rejects.toThrow(SpoolUnusableError);
  await lock.release();
  expect(await readdir(dir.path)).toEqual([]);
});

it('is one lock, whatever name leads to the directory', async () => {
  const alias = `${dir.path}/alias`;
  await mkdir(join(dir.path, 'spool'));
  await symlink('spool', alias);
  await take(join(dir.path, 'spool'));
  await expect(take(alias)).rejects.toThrow(SpoolUnusableError);
});

it('is never had by two of many that try at once', async () => {
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => take()));
  expect(tries.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
});

it('passes from those that died without a word, and takes away what they left', async () => {
  await leaveDeadSocket('spool.lock.1');
  await leaveDeadSocket('spool.lock.2');
  await take();
  expect(await readdir(dir.path)).toHaveLength(1);
});

it('is not passed on by the dead while somebody alive has it', async () => {
  await take();
  await leaveDeadSocket('spool.lock.0');
  await leaveDeadSocket('spool.lock.z');
  await expect(take()).rejects.toThrow(SpoolUnusableError);
});

it('is seen by others, who leave it and the dead alone', async () => {
  await leaveDeadSocket('spool.lock.0');
  expect(await SpoolLock.isTaken(dir.path)).toBe(false);
  const lock = await take();
  await leaveDeadSocket('spool.lock.1');
  const before = await readdir(dir.path);
  expect(await SpoolLock.isTaken(dir.path)).toBe(true);
  expect(await readdir(dir.path)).toEqual(before);
  await lock.release();
  expect(await SpoolLock.isTaken(dir.path)).toBe(false);
});

it('leaves files alone that are no sockets', async () => {
  await writeFile(join(dir.path, 'spool.lock.txt'), 'mine');
  await take();
  expect(await readdir(dir.path)).toContain('spool.lock.txt');
});

it.each([80, 107, 108, 1000])(
  'can be had in a directory with a name of more than %d characters',
  async (length) => {
    const parts = Array.from({ length: Math.ceil(length / 200) }, () => 'x'.repeat(Math.min(length, 200)));
    const long = join(dir.path, ...parts);
    await mkdir(long, { recursive: true });
    await take(long);
    await expect(take(long)).rejects.toThrow('is used by another process');
  },
);

it('cannot be had where there is no directory', async () => {
  await expect(take(join(dir.path, 'missing'))).rejects.toThrow('ENOENT');
});

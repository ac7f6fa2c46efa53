import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { useTempDir } from '../../../test/support/temp-dir.js';
import { SpoolLock } from './lock.js';
import { spoolFileBytes, visitSpool } from './peek.js';

const dir = useTempDir();

describe('a visit to a spool', () => {
  it.each(['spool', 'not/there/yet'])('finds a missing directory, and does not make it: %s', async (name) => {
    expect(await visitSpool(join(dir.path, name))).toEqual({ state: 'missing' });
    expect(readdirSync(dir.path)).toEqual([]);
  });

  it('finds an empty one, and leaves nothing in it', async () => {
    expect(await visitSpool(dir.path)).toEqual({ state: 'empty' });
    expect(readdirSync(dir.path)).toEqual([]);
  });

  it('finds one that is taken, and is in nobody’s way', async () => {
    const lock = await SpoolLock.take(dir.path);
    const before = readdirSync(dir.path);
    expect(await visitSpool(dir.path)).toEqual({ state: 'taken' });
    expect(readdirSync(dir.path)).toEqual(before);
    await lock.release();
    await (await SpoolLock.take(dir.path)).release();
  });

  it('finds a file in its place', async () => {
    const file = join(dir.path, 'file');
    writeFileSync(file, '');
    await expect(visitSpool(file)).rejects.toThrow('is no directory');
    await expect(visitSpool(join(file, 'spool'))).rejects.toThrow('cannot be written to');
  });

  it('finds a data file that is none', async () => {
    mkdirSync(join(dir.path, 'data.mdb'));
    await expect(visitSpool(dir.path)).rejects.toThrow('holds a data.mdb that is no file');
  });
});

it('tells the size of a spool', async () => {
  expect(await spoolFileBytes(dir.path)).toBe(0);
  writeFileSync(join(dir.path, 'data.mdb'), 'x'.repeat(7));
  expect(await spoolFileBytes(dir.path)).toBe(7);
});

import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { newDelivery, payloadOf } from '../../../test/spool-contract/store-under-test.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { useTempDir } from '../../../test/support/temp-dir.js';
import { type SpoolEvent } from '../spool.js';
import { DATA_FILE } from './data-file.js';
import { openDatabases, openRoot } from './layout.js';
import { LmdbSpool, type LmdbSpoolOptions } from './lmdb-spool.js';

const dir = useTempDir();
const open: LmdbSpool[] = [];

function openSpool(options: Partial<LmdbSpoolOptions> = {}): LmdbSpool {
  const spool = new LmdbSpool({ dir: dir.path, maxBytes: 1e9, ...options });
  open.push(spool);
  return spool;
}

afterEach(async () => {
  for (const spool of open.splice(0)) await spool.close();
});

/** Stores one delivery to one backend. */
async function storeOne(spool: LmdbSpool, bytes = 10, guid?: string): Promise<number> {
  const stored = await spool.store(newDelivery(payloadOf(bytes), ['http://a'], { guid }), payloadOf(bytes));
  return stored.delivery.id;
}

it('may be in a directory whose name looks like that of a file', async () => {
  const spool = openSpool({ dir: join(dir.path, 'spool.d') });
  await storeOne(spool);
  expect(statSync(join(dir.path, 'spool.d', DATA_FILE)).isFile()).toBe(true);
});

describe('a delivery that has left', () => {
  it('leaves no trace', async () => {
    const spool = openSpool();
    const payload = payloadOf(100_000);
    const backends = ['http://a', 'http://b', 'http://c'];
    const { id } = (await spool.store(newDelivery(payload, backends, { guid: 'guid' }), payload)).delivery;
    const settle = (backend: string, outcome: 'accepted' | 'rejected') =>
      spool.settle(
        id,
        backend,
        { at: 1, outcome, durationMs: 1 },
        { guarantee: 'at-least-once', othersGotThrough: false },
      );
    await spool.claim(id, 'http://a', 1);
    await settle('http://a', 'accepted');
    await spool.bury(id, ['http://b'], 'too old');
    await settle('http://c', 'rejected');
    await spool.discard(id, ['http://b']);
    await spool.release(id);

    const { state, root, ...tables } = openDatabases(openRoot(dir.path, false));
    expect(Object.values(tables).map((table) => table.getKeysCount())).toEqual(
      Object.values(tables).map(() => 0),
    );
    expect([...state.getKeys()].sort()).toEqual(['bytes', 'lastId', 'version']);
    await root.close();
  });

  it('leaves its place in the file to the next', async () => {
    const spool = openSpool();
    for (let count = 1; count <= 100; count += 1) await spool.discard(await storeOne(spool, 100_000));
    expect(statSync(join(dir.path, DATA_FILE)).size).toBeLessThan(1_000_000);
  });
});

it('tells of every write, how long it took and whether it was made', async () => {
  const writes: [number, boolean][] = [];
  const spool = openSpool({ onWrite: (seconds, ok) => writes.push([seconds, ok]) });
  const id = await storeOne(spool);
  await spool.keepBackend('http://a');
  await spool.get(id);
  expect(writes.map(([, ok]) => ok)).toEqual([true, true]);
  for (const [seconds] of writes) {
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);
  }
});

it('tells once when it has been closed', async () => {
  const onClose = jest.fn(() => Promise.resolve());
  const spool = openSpool({ onClose });
  await storeOne(spool);
  expect(onClose).not.toHaveBeenCalled();
  await Promise.all([spool.close(), spool.close()]);
  expect(onClose).toHaveBeenCalledTimes(1);
});

describe('its directory', () => {
  const path = () => join(dir.path, 'spool');
  const aside = () => join(dir.path, 'aside');

  it.each<[string, RegExp, () => void]>([
    [
      'is removed',
      /is gone/,
      () => {
        rmSync(path(), { recursive: true });
      },
    ],
    [
      'is moved away',
      /is gone/,
      () => {
        renameSync(path(), aside());
      },
    ],
    [
      'is replaced by an empty one',
      /is gone/,
      () => {
        rmSync(path(), { recursive: true });
        mkdirSync(path());
      },
    ],
    [
      'is replaced by a link to nowhere',
      /is gone/,
      () => {
        renameSync(path(), aside());
        symlinkSync('nowhere', path());
      },
    ],
    [
      'loses its data file',
      /is gone/,
      () => {
        rmSync(join(path(), DATA_FILE));
      },
    ],
    [
      'is given another data file',
      /was replaced/,
      () => {
        renameSync(join(path(), DATA_FILE), aside());
        writeFileSync(join(path(), DATA_FILE), 'another');
      },
    ],
  ])('%s: noticed within a second, told once, and nothing is written', async (_what, why, remove) => {
    const clock = new FakeClock();
    const spool = openSpool({ dir: path(), clock });
    const events: SpoolEvent[] = [];
    const id = await storeOne(spool);
    spool.watch((event) => events.push(event));
    remove();
    expect(spool.fault).toBeUndefined();
    clock.pass(1000);
    expect(spool.fault).toMatch(why);
    clock.pass(10_000);
    expect(events).toEqual([{ kind: 'lost' }]);
    await expect(storeOne(spool)).rejects.toMatchObject({
      code: 'spool-failed',
      message: expect.stringMatching(why) as unknown,
    });
    await expect(spool.claim(id, 'http://a', 1)).rejects.toMatchObject({ code: 'spool-failed' });
    expect((await spool.list(Infinity, 10)).map(({ delivery }) => delivery.id)).toEqual([id]);
  });

  it('is missed by the next write, however soon that comes', async () => {
    const spool = openSpool({ dir: path(), clock: new FakeClock() });
    renameSync(path(), aside());
    await expect(storeOne(spool)).rejects.toMatchObject({ code: 'spool-failed' });
    expect(spool.fault).toBeDefined();
  });

  it('may come back as it was', async () => {
    const clock = new FakeClock();
    const spool = openSpool({ dir: path(), clock });
    const events: SpoolEvent[] = [];
    spool.watch((event) => events.push(event));
    renameSync(path(), aside());
    clock.pass(1000);
    renameSync(aside(), path());
    clock.pass(1000);
    expect([events, spool.fault]).toEqual([[{ kind: 'lost' }, { kind: 'found' }], undefined]);
    await storeOne(spool);
  });

  it('is looked at until it is closed', async () => {
    const clock = new FakeClock();
    const spool = openSpool({ dir: path(), clock });
    expect(clock.awaited).toBe(true);
    await spool.close();
    expect(clock.awaited).toBe(false);
  });
});

import { useTempDir } from '../../../test/support/temp-dir.js';
import {
  VERSION_1_DELIVERIES,
  version1Delivery,
  version1Payload,
  writeVersion1Spool,
} from '../../../test/support/version-1-spool.js';
import { type Forward } from '../../model/forward.js';
import { openDatabases, openRoot } from './layout.js';
import { LmdbSpool } from './lmdb-spool.js';
import { checkSpool } from './verify.js';

const dir = useTempDir();

const inVersion2 = (forwards: readonly Forward[]) =>
  forwards.map((forward) => (forward.state === 'rejected' ? { ...forward, released: true } : forward));

async function upgrade(): Promise<void> {
  await new LmdbSpool({ dir: dir.path, maxBytes: 1e9 }).close();
}

it('a spool of version 1 is sound before it is brought up to date, and after', async () => {
  await writeVersion1Spool(dir.path);
  expect(await checkSpool(dir.path)).toBeUndefined();
  await upgrade();
  expect(await checkSpool(dir.path)).toBeUndefined();
});

it('it is sound if that was interrupted when its new tables had been made', async () => {
  await writeVersion1Spool(dir.path);
  await openDatabases(openRoot(dir.path, false)).root.close();
  expect(await checkSpool(dir.path)).toBeUndefined();
  await upgrade();
  expect(await checkSpool(dir.path)).toBeUndefined();
});

it('nothing of it is lost, and nothing of it is kept for longer than it was to be', async () => {
  await writeVersion1Spool(dir.path);
  await upgrade();
  const spool = new LmdbSpool({ dir: dir.path, maxBytes: 1e9 });
  try {
    const expected = VERSION_1_DELIVERIES.map(([id, guid, forwards]) => ({
      delivery: version1Delivery(id, guid),
      forwards: inVersion2(forwards),
    }));
    expect((await spool.list(Infinity, 10)).reverse()).toEqual(expected);
    for (const [id] of VERSION_1_DELIVERIES) expect(await spool.payload(id)).toEqual(version1Payload(id));
    const found = async (key: string) => (await spool.find(key)).map(({ delivery }) => delivery.id);
    expect(await found('guid')).toEqual([5, 1]);
    for (const id of [2, 3]) {
      expect(await found(version1Delivery(id, undefined).payloadDigest)).toEqual([id]);
    }
    expect(new Map(spool.counts())).toEqual(
      new Map([
        ['http://a', { owed: 3, running: 1, dead: 1, rejected: 0 }],
        ['http://b', { owed: 1, running: 0, dead: 0, rejected: 0 }],
      ]),
    );
    expect(await spool.rejected(10)).toEqual([]);
    expect((await spool.abandoned()).map(({ delivery }) => delivery.id)).toEqual([3]);
    expect(spool.bytes).toBe(11_000 + 4 * 4096);
    expect(spool.nextId(0)).toBe(7);
    expect(await spool.registeredBackends()).toEqual(['http://a']);
    for (const [id] of VERSION_1_DELIVERIES) await spool.discard(id);
    expect([spool.bytes, spool.counts().size]).toEqual([0, 0]);
  } finally {
    await spool.close();
  }
  expect(await checkSpool(dir.path)).toBeUndefined();
});

it('damage is found in it as in any', async () => {
  await writeVersion1Spool(dir.path);
  const { identities, root } = openDatabases(openRoot(dir.path, false));
  identities.removeSync(['guid', 1]);
  await root.close();
  expect(await checkSpool(dir.path)).toBe('holds a damaged spool (delivery 1 is missing in an index)');
});

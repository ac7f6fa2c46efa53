import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { useTempDir } from '../../../test/support/temp-dir.js';
import { checkSpool } from './verify.js';
import { newForward } from '../../model/forward.js';
import { LmdbSpool } from './lmdb-spool.js';
import { digest, openDatabases, openRoot, type SpoolDatabases } from './layout.js';
import { DATA_FILE } from './data-file.js';

const dir = useTempDir();
const PAYLOAD = Buffer.alloc(10_000, 1);

const PAYLOAD_DIGEST = createHash('sha256').update(PAYLOAD).digest('base64');

/**
 * Four deliveries, 1 to 4, to two backends; the second is dead, the third is running and rejected by `http://b`, the
 * fourth has no GUID.
 */
async function fillSpool(): Promise<void> {
  const spool = new LmdbSpool({ dir: dir.path, maxBytes: 1e9 });
  for (const id of [1, 2, 3, 4]) {
    const delivery = {
      receivedAt: 0,
      query: '',
      rawHeaders: [],
      payloadBytes: PAYLOAD.length,
      payloadDigest: PAYLOAD_DIGEST,
      ...(id < 4 && { guid: `guid-${id}` }),
    };
    await spool.store({ delivery, forwards: ['http://a', 'http://b'].map(newForward) }, PAYLOAD);
  }
  await spool.bury(2, ['http://a', 'http://b'], 'too old');
  await spool.claim(3, 'http://a', 1);
  const rejected = { at: 1, outcome: 'rejected', durationMs: 1, status: 422 } as const;
  await spool.settle(3, 'http://b', rejected, { guarantee: 'at-least-once', othersGotThrough: false });
  await spool.keepBackend('http://a');
  await spool.close();
}

/** Changes a spool in ways that it never would itself. */
async function tamper(change: (databases: SpoolDatabases) => unknown): Promise<void> {
  const databases = openDatabases(openRoot(dir.path, false));
  change(databases);
  await databases.root.close();
}

it('finds nothing wrong with a spool, and changes nothing', async () => {
  await fillSpool();
  const before = readFileSync(join(dir.path, DATA_FILE));
  expect(await checkSpool(dir.path)).toBeUndefined();
  expect(readFileSync(join(dir.path, DATA_FILE)).equals(before)).toBe(true);
});

it('finds nothing wrong with a new spool', async () => {
  await new LmdbSpool({ dir: dir.path, maxBytes: 1e9 }).close();
  expect(await checkSpool(dir.path)).toBeUndefined();
});

it.each([
  ['nothing', ''],
  ['text', 'some text that is longer than the header of a page'],
  ['27 bytes', Buffer.alloc(27)],
])('tells a file with %s from a database', async (_what, content) => {
  writeFileSync(join(dir.path, DATA_FILE), content);
  expect(await checkSpool(dir.path)).toBe(
    'holds a data.mdb that is no LMDB database, or has lost its beginning',
  );
});

it.each([1, 4096])('misses the last %d bytes', async (bytes) => {
  await fillSpool();
  const file = join(dir.path, DATA_FILE);
  truncateSync(file, readFileSync(file).length - bytes);
  expect(await checkSpool(dir.path)).toBe('holds a damaged spool (the end of its file is missing)');
});

it("tells another program's database from a spool", async () => {
  const root = openRoot(dir.path, false);
  root.openDB('theirs', {}).putSync('key', 'value');
  await root.close();
  expect(await checkSpool(dir.path)).toBe('holds a data.mdb of another program, or a damaged one');
});

it.each([0, 3, 1000])('does not take version %d of the layout', async (version) => {
  await fillSpool();
  await tamper(({ state }) => {
    state.putSync('version', version);
  });
  expect(await checkSpool(dir.path)).toBe(
    `was written with version ${version} of the spool's layout, and this program knows versions 1 to 2 only`,
  );
});

it.each<[string, string, (databases: SpoolDatabases) => unknown]>([
  ['no version', 'it does not tell its version', ({ state }) => state.removeSync('version')],
  ['a lost payload', 'delivery 1 is missing in an index', ({ payloads }) => payloads.removeSync(1)],
  [
    'a payload of no delivery',
    'an index has entries of no delivery',
    ({ payloads }) => {
      payloads.putSync(9, PAYLOAD);
    },
  ],
  [
    'a lost entry of what is owed',
    'delivery 1 is missing in an index',
    ({ owed }) => owed.removeSync([digest('http://a'), 1]),
  ],
  [
    'an entry of what is owed for another backend',
    'delivery 1 is missing in an index',
    ({ owed }) => {
      owed.putSync([digest('http://a'), 1], 'http://b');
    },
  ],
  [
    'an entry too many of what is owed',
    'an index has entries of no delivery',
    ({ owed }) => {
      owed.putSync([digest('http://a'), 2], 'http://a');
    },
  ],
  [
    'a lost entry of what is dead',
    'delivery 2 is missing in an index',
    ({ dead }) => dead.removeSync([digest('http://b'), 2]),
  ],
  ['a lost entry of what runs', 'delivery 3 is missing in an index', ({ running }) => running.removeSync(3)],
  [
    'an entry too many of what runs',
    'an index has entries of no delivery',
    ({ running }) => {
      running.putSync(1, true);
    },
  ],
  [
    'a lost entry of what was rejected',
    'delivery 3 is missing in an index',
    ({ rejected }) => rejected.removeSync([digest('http://b'), 3]),
  ],
  [
    'an entry too many of what was rejected',
    'an index has entries of no delivery',
    ({ rejected }) => {
      rejected.putSync([digest('http://a'), 3], 'http://a');
    },
  ],
  [
    'a lost delivery with something rejected',
    'delivery 3 is missing in an index',
    ({ withRejected }) => withRejected.removeSync(3),
  ],
  [
    'a delivery too many with something rejected',
    'an index has entries of no delivery',
    ({ withRejected }) => {
      withRejected.putSync(1, true);
    },
  ],
  [
    'a lost GUID',
    'delivery 1 is missing in an index',
    ({ identities }) => identities.removeSync(['guid-1', 1]),
  ],
  [
    'a lost digest',
    'delivery 4 is missing in an index',
    ({ identities }) => identities.removeSync([PAYLOAD_DIGEST, 4]),
  ],
  [
    'a GUID of no delivery',
    'an index has entries of no delivery',
    ({ identities }) => {
      identities.putSync(['guid-4', 4], true);
    },
  ],
  [
    'a lost delivery',
    'its deliveries are not those it counted',
    ({ deliveries }) => deliveries.removeSync(4),
  ],
  [
    'a delivery that is none',
    'a delivery cannot be read',
    ({ deliveries }) => {
      deliveries.putSync(1, 'text' as never);
    },
  ],
  [
    'a delivery under the id of another',
    'a delivery cannot be read',
    ({ deliveries }) => {
      deliveries.putSync(1, deliveries.get(2) as never);
    },
  ],
  [
    'a state that there is not',
    'a delivery cannot be read',
    ({ deliveries }) => {
      const stored = deliveries.get(1);
      deliveries.putSync(1, { ...stored, forwards: [{ ...newForward('http://a'), state: 'lost' }] } as never);
    },
  ],
  [
    'a backend under the name of another',
    'a registered backend cannot be read',
    ({ backends }) => {
      backends.putSync(digest('http://a'), 'http://b');
    },
  ],
])('finds %s', async (_what, fault, change) => {
  await fillSpool();
  await tamper(change);
  expect(await checkSpool(dir.path)).toBe(`holds a damaged spool (${fault})`);
});

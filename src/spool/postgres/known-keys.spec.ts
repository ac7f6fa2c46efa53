import { type Kysely, sql } from 'kysely';

import { installCleanup } from '../../../test/support/cleanup.js';
import { migratedDatabase } from '../../../test/support/postgres/migrated-database.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { KnownKeys } from './known-keys.js';
import { type Tables } from './tables.js';

installCleanup();
const postgres = sharedPostgres();

let db: Kysely<Tables>;
beforeEach(async () => {
  ({ db } = await migratedDatabase(postgres()));
});

type Flag = 'kept' | 'missed' | 'awaited';

/** Deliveries with the keys `k<from>` to `k<to>`. */
const insert = (from: number, to: number, flag?: Flag) =>
  sql`INSERT INTO sprayproxy_delivery (id, identity_key, received_at, query, raw_headers, payload_bytes, payload_digest,
      forwards, kept, missed, awaited, bare, marks)
    SELECT n, 'k' || n, 0, '', '[]', 0, '', '[]', ${flag === 'kept'}::boolean, ${flag === 'missed'}::boolean,
      ${flag === 'awaited'}::boolean, false, '{}'
    FROM generate_series(${from}::integer, ${to}::integer) n`.execute(db);

const known = (keys: KnownKeys, ...asked: number[]) => asked.filter((n) => keys.mayKnow(`k${n}`, 'a fault'));

it.each<[Flag | undefined, number[]]>([
  ['kept', [1]],
  ['missed', [1]],
  ['awaited', [1]],
  [undefined, []],
])('has what is %s', async (flag, expected) => {
  await insert(1, 1, flag);
  const keys = new KnownKeys();
  await keys.load(db);
  expect(known(keys, 1, 2)).toEqual(expected);
});

it('asks the database before it has read anything, if that can be asked', () => {
  const keys = new KnownKeys();
  keys.add(['k1']);
  expect([keys.mayKnow('k1', undefined), keys.mayKnow('k1', 'a fault')]).toEqual([true, false]);
});

it('has them all, however many pages that are', async () => {
  await insert(1, 10_001, 'missed');
  const keys = new KnownKeys();
  await keys.load(db);
  expect(known(keys, 1, 5000, 5001, 10_000, 10_001, 10_002)).toEqual([1, 5000, 5001, 10_000, 10_001]);
});

it('forgets those that are there no more when it reads them again, and not one that came meanwhile', async () => {
  await insert(1, 2, 'kept');
  const keys = new KnownKeys();
  await keys.load(db);
  await sql`DELETE FROM sprayproxy_delivery WHERE id = 1`.execute(db);
  const loaded = keys.load(db);
  keys.add(['k3']);
  expect(known(keys, 1, 2, 3)).toEqual([1, 2, 3]);
  await loaded;
  expect(known(keys, 1, 2, 3)).toEqual([2, 3]);
});

it('has what it had when it cannot read them again', async () => {
  await insert(1, 1, 'kept');
  const keys = new KnownKeys();
  await keys.load(db);
  await sql`ALTER TABLE sprayproxy_delivery RENAME TO away`.execute(db);
  await expect(keys.load(db)).rejects.toThrow('sprayproxy_delivery');
  expect(known(keys, 1)).toEqual([1]);
  await sql`ALTER TABLE away RENAME TO sprayproxy_delivery`.execute(db);
  await sql`TRUNCATE sprayproxy_delivery CASCADE`.execute(db);
  await keys.load(db);
  expect(known(keys, 1)).toEqual([]);
});

describe('of so many that it has no room for them', () => {
  it.each([
    [3, false],
    [4, true],
  ])('%d where there is room for 3 that were read: any may be known: %j', async (count, any) => {
    await insert(1, count, 'kept');
    const keys = new KnownKeys(3);
    await keys.load(db);
    expect(keys.mayKnow('other', undefined)).toBe(any);
    expect(keys.mayKnow('other', 'a fault')).toBe(false);
  });

  it.each([
    [3, false],
    [4, true],
  ])('%d where there is room for 3 that were added: any may be known: %j', async (count, any) => {
    const keys = new KnownKeys(3);
    await keys.load(db);
    keys.add(['a', 'b', 'c', 'd'].slice(0, count));
    expect(keys.mayKnow('other', undefined)).toBe(any);
  });

  it('knows them again when they have become fewer', async () => {
    await insert(1, 4, 'kept');
    const keys = new KnownKeys(3);
    await keys.load(db);
    await sql`DELETE FROM sprayproxy_delivery WHERE id = 1`.execute(db);
    await keys.load(db);
    expect([keys.mayKnow('other', undefined), ...known(keys, 2)]).toEqual([false, 2]);
  });
});

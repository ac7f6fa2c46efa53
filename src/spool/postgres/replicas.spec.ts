import { type Kysely, sql } from 'kysely';

import { installCleanup } from '../../../test/support/cleanup.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { migratedDatabase } from '../../../test/support/postgres/migrated-database.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { SLOTS } from './migrations.js';
import { Replicas } from './replicas.js';
import { type Tables } from './tables.js';

const BACKENDS = Array.from({ length: 20 }, (_, at) => `https://cluster-${at}.example.com`);

installCleanup();
const postgres = sharedPostgres();

let db: Kysely<Tables>;
let clock: FakeClock;
let changes: string[];

beforeEach(async () => {
  ({ db } = await migratedDatabase(postgres()));
  clock = new FakeClock();
  changes = [];
});

const replica = (holder: string): Replicas =>
  new Replicas({ db, clock, holder, onChange: () => changes.push(holder) });

async function joined(holder: string): Promise<Replicas> {
  const made = replica(holder);
  await made.join();
  return made;
}

const rows = () => db.selectFrom('sprayproxy_replica').selectAll().orderBy('slot').execute();
const holders = async () => (await rows()).map(({ holder }) => holder);

/** Its heart has beaten so long ago. */
const age = (holder: string, interval: string) =>
  sql`UPDATE sprayproxy_replica SET heartbeat_at = clock_timestamp() - ${interval}::interval
    WHERE holder = ${holder}`.execute(db);

/** Reads until what it has not heard for so long means something. */
async function listen(to: Replicas, ms = 8000): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    await to.beat();
    clock.pass(1000);
  }
  await to.beat();
}

const drainedBy = (one: Replicas) => BACKENDS.filter((backend) => one.drains(backend));

describe('a slot', () => {
  it('is the smallest that is free', async () => {
    const [a, b, c] = [await joined('a'), await joined('b'), await joined('c')];
    expect([a, b, c].map(({ slot }) => slot)).toEqual([0, 1, 2]);
    await b.leave();
    expect((await joined('d')).slot).toBe(1);
  });

  it('is given to one of those who come at once', async () => {
    const coming = await Promise.all(Array.from({ length: 12 }, (_, at) => joined(`h${at}`)));
    expect(new Set(coming.map(({ slot }) => slot)).size).toBe(12);
    expect(Math.max(...coming.map(({ slot }) => slot))).toBe(11);
  });

  it('is a chance one until it has its own', () => {
    expect(replica('a').slot).toBe(SLOTS / 2);
  });

  describe('if all are taken', () => {
    beforeEach(async () => {
      await sql`INSERT INTO sprayproxy_replica (holder, slot, backends)
        SELECT 'h' || n, n, '{}' FROM generate_series(0, ${SLOTS - 1}::integer) n`.execute(db);
    });

    it('is refused', async () => {
      await expect(joined('a')).rejects.toThrow('64 replicas use the database already');
    });

    it('is that of the one that has been gone for longest', async () => {
      await age('h7', '2 minutes');
      await age('h9', '3 minutes');
      expect((await joined('a')).slot).toBe(9);
    });
  });
});

describe('who is there', () => {
  it('is who has joined, and not left', async () => {
    const [a, b] = [await joined('a'), await joined('b')];
    expect([a.isThere('b'), b.isThere('a')]).toEqual([false, true]);
    await a.beat();
    expect([a.isThere('a'), a.isThere('b'), a.isThere('c'), a.isThere(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await b.leave();
    await a.beat();
    expect(a.isThere('b')).toBe(false);
    expect(await holders()).toEqual(['a']);
  });

  it('does not come back by a heartbeat after it has left', async () => {
    const a = await joined('a');
    const left = a.leave();
    await Promise.all([a.beat(), left, a.beat()]);
    expect(await holders()).toEqual([]);
  });

  it.each([
    ['7 seconds', true],
    ['9 seconds', false],
  ])('is whose heart has beaten within 8 s: %s ago: %j', async (ago, isThere) => {
    const a = await joined('a');
    await joined('b');
    await listen(a);
    await age('b', ago);
    await a.beat();
    expect(a.isThere('b')).toBe(isThere);
  });

  it('is anybody, until this one has listened for 8 s', async () => {
    await joined('b');
    const a = await joined('a');
    await age('b', '9 seconds');
    clock.pass(7999);
    await a.beat();
    expect(a.isThere('b')).toBe(true);
    clock.pass(1);
    await a.beat();
    expect(a.isThere('b')).toBe(false);
  });

  it.each<[string, (a: Replicas) => void]>([
    [
      'the database was away',
      (a) => {
        a.contactLost();
      },
    ],
    [
      'this one stood still',
      () => {
        clock.pass(8000);
      },
    ],
  ])('is anybody again for 8 s after %s', async (_what, happens) => {
    const [a] = [await joined('a'), await joined('b')];
    await listen(a);
    await age('b', '2 hours');
    happens(a);
    await a.beat();
    expect(a.isThere('b')).toBe(true);
    expect(await holders()).toEqual(['a', 'b']);
    await listen(a);
    expect(a.isThere('b')).toBe(false);
  });

  it('says so every 2 s', async () => {
    const a = await joined('a');
    await a.beat();
    const beats = async () => (await rows())[0]?.heartbeat_at;
    const before = await beats();
    clock.pass(1999);
    await a.beat();
    expect(await beats()).toEqual(before);
    clock.pass(1);
    await a.beat();
    expect(await beats()).not.toEqual(before);
  });

  it('does not matter any more after an hour', async () => {
    const [a] = [await joined('a'), await joined('b'), await joined('c')];
    await age('b', '61 minutes');
    await age('c', '59 minutes');
    await listen(a);
    expect(await holders()).toEqual(['a', 'c']);
  });

  it('comes back under its name if it was taken for gone, and gets another slot if its own was given away', async () => {
    const a = await joined('a');
    a.announce(['https://x']);
    await a.beat();
    await db.deleteFrom('sprayproxy_replica').execute();
    const b = await joined('b');
    await a.beat();
    await b.beat();
    expect([b.slot, a.slot, b.isThere('a'), b.isWantedElsewhere('https://x')]).toEqual([0, 1, true, true]);
  });

  it('is what was read last, whatever was asked for at once', async () => {
    const [a, b] = [await joined('a'), await joined('b')];
    const beats = Array.from({ length: 5 }, () => a.beat());
    await b.leave();
    await Promise.all([...beats, a.beat()]);
    expect(a.isThere('b')).toBe(false);
  });

  it('is not known, and said to be unknown, while the database fails', async () => {
    const a = await joined('a');
    await sql`ALTER TABLE sprayproxy_replica RENAME TO away`.execute(db);
    await expect(a.beat()).rejects.toThrow('sprayproxy_replica');
    await sql`ALTER TABLE away RENAME TO sprayproxy_replica`.execute(db);
    await a.beat();
  });
});

describe('who drains', () => {
  it('is nobody who has not joined', () => {
    expect(drainedBy(replica('a'))).toEqual([]);
  });

  it('is one of those that are there, for every backend', async () => {
    const three = [await joined('a'), await joined('b'), await joined('c')];
    for (const one of three) await one.beat();
    expect(three.flatMap(drainedBy).sort()).toEqual([...BACKENDS].sort());
    for (const one of three) expect(drainedBy(one)).not.toEqual([]);
  });

  it('is who has named it', async () => {
    const [a, b] = [await joined('a'), await joined('b')];
    b.announce(BACKENDS);
    expect(drainedBy(b)).toEqual(BACKENDS);
    await b.beat();
    await a.beat();
    expect(drainedBy(a)).toEqual([]);
    expect([a.isWantedElsewhere('https://other'), b.isWantedElsewhere(BACKENDS[0] ?? '')]).toEqual([
      false,
      false,
    ]);
    expect(BACKENDS.every((backend) => a.isWantedElsewhere(backend))).toBe(true);
  });

  it('is another at once when one retires, whether or not it can say so', async () => {
    const [a, b] = [await joined('a'), await joined('b')];
    await a.retire();
    await b.beat();
    expect([drainedBy(a), drainedBy(b)]).toEqual([[], BACKENDS]);
    await sql`ALTER TABLE sprayproxy_replica RENAME TO away`.execute(db);
    await expect(b.retire()).rejects.toThrow();
    expect(drainedBy(b)).toEqual([]);
  });

  it('is told when it may be another, and only then', async () => {
    const a = await joined('a');
    expect(changes.splice(0)).toEqual(['a']);
    const b = await joined('b');
    expect(changes.splice(0)).toEqual(['b']);
    await listen(a);
    expect(changes.splice(0)).toEqual(['a']);
    b.announce(['https://x', 'https://y']);
    b.announce(['https://y', 'https://x']);
    expect(changes.splice(0)).toEqual(['b']);
    await b.beat();
    await listen(a, 3000);
    expect(changes.splice(0)).toEqual(['a']);
    await b.retire();
    await listen(a, 3000);
    await b.leave();
    await listen(a, 3000);
    expect(changes.splice(0)).toEqual(['b', 'a', 'a']);
  });
});

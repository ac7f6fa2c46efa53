import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { openSpool } from '../../../test/spool-contract/postgres-store.js';
import { newDelivery, payloadOf } from '../../../test/spool-contract/store-under-test.js';
import { installCleanup, onCleanup } from '../../../test/support/cleanup.js';
import { FaultyLink } from '../../../test/support/postgres/faulty-link.js';
import { type PostgresServer } from '../../../test/support/postgres/postgres-server.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { told } from '../../../test/support/told.js';
import { type AttemptRecord, newForward, type SettleRules } from '../../model/forward.js';
import { identityKey, payloadDigest } from '../../model/identity.js';
import { type Spool } from '../spool.js';
import { type OpenOptions } from './open.js';
import { SLICE_BYTES } from './payload-slices.js';

installCleanup();
const postgres = sharedPostgres();

const A = 'http://a';
const RULES: SettleRules = { guarantee: 'at-least-once', othersGotThrough: false };
const ACCEPTED: AttemptRecord = { at: 5, outcome: 'accepted', durationMs: 1, status: 200 };

let url: string;
let link: FaultyLink;

beforeEach(async () => {
  url = await postgres().freshDatabase();
  link = await FaultyLink.start(postgres().port);
});

async function open(options: Partial<OpenOptions> = {}): Promise<Spool> {
  const spool = await openSpool({ url, ...options });
  onCleanup(() => spool.close());
  return spool;
}

/** Through the link. */
const openBehind = (options: Partial<OpenOptions> = {}) => open({ url: link.url(url), ...options });

const storeOne = (spool: Spool, backends = [A], options = {}) =>
  spool.store(newDelivery(payloadOf(1), backends), payloadOf(1), options);

const inDatabase = <Row>(statement: string, server: PostgresServer = postgres()) =>
  server.exec<Row>(statement, new URL(url).pathname.slice(1));

const sends = (statement: string) => (bytes: Buffer) => bytes.includes(statement);
const soon = (ms = 500) => ({ until: performance.now() + ms });

describe('a commit whose answer was lost', () => {
  it('of a delivery that is stored: it is there once, and the spool knows', async () => {
    const spool = await openBehind();
    const cut = link.cutAfter(sends('INSERT INTO sprayproxy_delivery'));
    const stored = await storeOne(spool);
    await cut;
    expect(await spool.list(Infinity, 10)).toEqual([stored]);
    expect([spool.counts().get(A)?.owed, await spool.payload(stored.delivery.id)]).toEqual([1, payloadOf(1)]);
  });

  it('of a delivery that others have delivered meanwhile: it is not owed again', async () => {
    const [spool, other] = [await openBehind(), await open()];
    const id = spool.nextId(1);
    const owed = told(other, ({ kind }) => kind === 'owed');
    const cut = link.cutAfter(sends('INSERT INTO sprayproxy_delivery'), 'refuse');
    const stored = storeOne(spool, [A], { id });
    await cut;
    await owed;
    await other.settle(id, A, ACCEPTED, RULES);
    await link.set('pass');
    expect((await stored).delivery.id).toBe(id);
    expect(await other.list(Infinity, 10)).toEqual([]);
  });

  it('of a payload of several slices: all of it is there', async () => {
    const spool = await openBehind();
    const payload = payloadOf(2_500_000);
    const cut = link.cutAfter(sends('commit'));
    const { id } = (await spool.store(newDelivery(payload, [A]), payload)).delivery;
    await cut;
    expect((await spool.payload(id))?.equals(payload)).toBe(true);
    expect(await spool.list(Infinity, 10)).toHaveLength(1);
  });

  it('of a claim: who made it has it', async () => {
    const spool = await openBehind();
    const { id } = (await storeOne(spool)).delivery;
    const cut = link.cutAfter(sends('UPDATE sprayproxy_delivery'));
    expect((await spool.claim(id, A, 3))?.after.forwards[0]).toMatchObject({ runningSince: 3 });
    await cut;
    expect(await spool.claim(id, A, 4)).toBeUndefined();
  });

  it.each([[[A]], [[A, 'http://b']]])('of an attempt at one of %j: it is noted once', async (backends) => {
    const spool = await openBehind();
    const { id } = (await storeOne(spool, backends)).delivery;
    await spool.claim(id, A, 3);
    const cut = link.cutAfter(sends('UPDATE sprayproxy_delivery'));
    const settled = await spool.settle(id, A, ACCEPTED, RULES);
    await cut;
    expect(settled?.after.forwards[0]).toMatchObject({ state: 'accepted', attemptCount: 1 });
    expect(
      await inDatabase('SELECT forwards->0->>$$attemptCount$$ AS count FROM sprayproxy_delivery'),
    ).toEqual([{ count: '1' }]);
  });

  it('of a delivery of which nothing is left', async () => {
    const spool = await openBehind();
    const { id } = (await storeOne(spool)).delivery;
    const cut = link.cutAfter(sends('DELETE FROM sprayproxy_delivery'));
    expect((await spool.discard(id))?.after.forwards).toEqual([]);
    await cut;
    expect(await spool.list(Infinity, 10)).toEqual([]);
  });
});

describe('a database that is away', () => {
  it('has certainly not stored what could not be sent', async () => {
    const spool = await openBehind();
    const lost = told(spool, ({ kind }) => kind === 'lost');
    await link.set('refuse');
    await lost;
    await expect(storeOne(spool, [A], soon())).rejects.toMatchObject({ code: 'spool-failed' });
    expect(spool.fault).toContain('ECONNREFUSED');
    expect(spool.unready).toBeUndefined();
    expect(spool.bytes).toBe(0);
    const found = told(spool, ({ kind }) => kind === 'found');
    await link.set('pass');
    await found;
    expect(spool.fault).toBeUndefined();
    expect(await spool.list(Infinity, 10)).toEqual([]);
  });

  it('may have stored what was sent: that is said, and the same id is stored once', async () => {
    const spool = await openBehind();
    const id = spool.nextId(1);
    // So that there are connections to send on.
    await Promise.all(Array.from({ length: 8 }, () => spool.get(1)));
    await link.set('hold');
    await expect(storeOne(spool, [A], { id, ...soon() })).rejects.toMatchObject({ code: 'spool-unsure' });
    await link.set('pass');
    await storeOne(spool, [A], { id }).catch((error: unknown) => {
      // It was stored by the first.
      expect(error).toMatchObject({ message: `there is a delivery ${id} in the spool already` });
    });
    expect(await spool.list(Infinity, 10)).toHaveLength(1);
  });

  it('has nothing of what it was asked for only because it did not know yet what there is', async () => {
    const { delivery } = await storeOne(await openBehind());
    const kept = identityKey(delivery.guid, delivery.payloadDigest);
    const spool = await openBehind();
    await link.set('hold');
    expect([spool.mayKnow(kept), spool.mayKnow('unheard of')]).toEqual([true, true]);
    const [unheardOf, recalled, known] = await Promise.allSettled([
      spool.find('unheard of'),
      spool.recall('unheard of'),
      spool.find(kept),
    ]);
    expect([unheardOf, recalled]).toMatchObject([{ value: [] }, { value: [] }]);
    expect(known).toMatchObject({ reason: { code: 'spool-failed' } });
  });

  it('ends no claim, and leaves none of which its holder does not know', async () => {
    const spool = await openBehind();
    const { id } = (await storeOne(spool)).delivery;
    const cut = link.cutAfter(sends('UPDATE sprayproxy_delivery'), 'refuse');
    const claimed = spool.claim(id, A, 3);
    await cut;
    await expect(claimed).rejects.toMatchObject({ code: 'spool-unsure' });
    await link.set('pass');
    await told(spool, ({ kind }) => kind === 'owed');
    expect(await spool.claim(id, A, 4)).toBeDefined();
  });

  it('is told of when it can be read, and not written to', async () => {
    const spool = await open();
    const lost = told(spool, ({ kind }) => kind === 'lost');
    onCleanup(() => setReadOnly('off'));
    await setReadOnly('on');
    await lost;
    await expect(storeOne(spool, [A], soon())).rejects.toMatchObject({ code: 'spool-failed' });
    expect(spool.fault).toMatch(/read-only transaction/);
    expect(await spool.list(Infinity, 10)).toEqual([]);
    const found = told(spool, ({ kind }) => kind === 'found');
    await setReadOnly('off');
    await found;
    await storeOne(spool);
  });
});

/** As a primary that became a standby. */
async function setReadOnly(to: 'on' | 'off'): Promise<void> {
  await postgres().exec(`ALTER SYSTEM SET default_transaction_read_only = ${to}`);
  await postgres().exec('SELECT pg_reload_conf()');
}

it('keeps what it has acknowledged, once, when the server is killed and comes back', async () => {
  const spool = await open();
  const stores = Array.from({ length: 300 }, () => storeOne(spool));
  await stores[50];
  await postgres().kill();
  const later = Array.from({ length: 20 }, () => storeOne(spool));
  await postgres().start();
  const all = await Promise.allSettled([...stores, ...later]);
  const ids = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value.delivery.id] : []));
  expect(ids.length).toBeGreaterThan(50);
  const kept = (await spool.list(Infinity, 1000)).map(({ delivery }) => delivery.id);
  expect(ids.filter((id) => !kept.includes(id))).toEqual([]);
  expect(new Set(kept).size).toBe(kept.length);
  const failed = all.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  for (const reason of failed)
    expect(reason).toMatchObject({ code: expect.stringMatching(/^spool-/) as string });
}, 60_000);

it('gives up a lock that somebody else keeps, and is none the worse for it', async () => {
  const spool = await open();
  const { id } = (await storeOne(spool)).delivery;
  const blocked = inDatabase('SELECT id FROM sprayproxy_delivery FOR UPDATE; SELECT pg_sleep(6)');
  await inDatabase(`DO $$ BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep') LOOP
      PERFORM pg_stat_clear_snapshot();
    END LOOP;
  END $$`);
  await expect(spool.claim(id, A, 1)).rejects.toMatchObject({
    message: expect.stringContaining('lock timeout') as string,
  });
  expect(spool.fault).toBeUndefined();
  await blocked;
  expect(await spool.bury(id, [A], 'too old')).toBeDefined();
}, 30_000);

it('stores text that the database cannot hold', async () => {
  const spool = await open();
  const odd = 'a\0b\ud800c\ud83d\ude00';
  const { delivery } = newDelivery(payloadOf(1), [A]);
  const about = {
    guid: odd,
    event: odd,
    repository: odd,
    requestId: odd,
    query: odd,
    rawHeaders: ['X', odd],
  };
  const forwards = [{ ...newForward(A), state: 'dead' as const, reason: odd }];
  const stored = await spool.store({ delivery: { ...delivery, ...about }, forwards }, payloadOf(1));
  const found = await spool.get(stored.delivery.id);
  expect(found?.delivery.rawHeaders).toEqual(['X', odd]);
  expect(found?.forwards).toEqual(forwards);
  expect(found?.delivery.repository).toBe('a\ufffdb\ufffdc\ud83d\ude00');
  expect(await spool.find(odd)).toEqual([found]);
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heldBytes = (): number => {
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
};

it('gives back a payload of 25 MiB bit for bit, with not much more in memory than that', async () => {
  const spool = await open();
  const payload = Buffer.allocUnsafe(25 * 1024 * 1024 + 1);
  for (let at = 0; at < payload.length; at += 4096)
    payload.writeUInt32LE(at, Math.min(at, payload.length - 4));
  const { delivery } = newDelivery(payload, [A]);
  const before = heldBytes();
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, heldBytes() - before)), 200);
  const { id } = (await spool.store({ delivery, forwards: [newForward(A)] }, payload, soon(60_000))).delivery;
  // In the driver, in the socket, and what is not collected yet: a value in one piece takes 150.
  expect(most).toBeLessThan(20 * SLICE_BYTES);
  const read = await spool.payload(id);
  clearInterval(watch);
  expect(read && payloadDigest(read)).toBe(delivery.payloadDigest);
  expect(most).toBeLessThan(payload.length + 32 * SLICE_BYTES);
}, 30_000);

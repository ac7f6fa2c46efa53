import { Client } from 'pg';

import { openSpool } from '../../../test/spool-contract/postgres-store.js';
import { newDelivery, payloadOf } from '../../../test/spool-contract/store-under-test.js';
import { installCleanup, onCleanup } from '../../../test/support/cleanup.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { told } from '../../../test/support/told.js';
import { BackendFilter } from '../../model/backend-filter.js';
import { type AttemptRecord, newForward, type SettleRules } from '../../model/forward.js';
import { Identity } from '../../model/identity.js';
import { inShort, type StoredDelivery } from '../../model/stored-delivery.js';
import { PAUSES_NOTE } from '../../model/pause.js';
import { filtersIn, keepFilter } from '../backend-filters.js';
import { type Spool } from '../spool.js';
import { CHANNEL, decode } from './message.js';

installCleanup();
const postgres = sharedPostgres();

const A = 'http://a';
const RULES: SettleRules = { guarantee: 'at-least-once', othersGotThrough: false };
const ACCEPTED: AttemptRecord = { at: 5, outcome: 'accepted', durationMs: 1, status: 200 };
const UNKNOWN: AttemptRecord = { at: 5, outcome: 'unknown', durationMs: 1 };

let url: string;
let one: Spool;
let other: Spool;

beforeEach(async () => {
  url = await postgres().freshDatabase();
  [one, other] = [await open(), await open()];
  await untilHeard();
});

async function open(): Promise<Spool> {
  const spool = await openSpool({ url });
  onCleanup(() => spool.close());
  return spool;
}

/** Each of them hears what the other does. */
async function untilHeard(): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const owed = told(to, ({ kind }) => kind === 'owed');
    const { id } = (await storeOne(from, 'probe')).delivery;
    await owed;
    await from.discard(id);
    while (to.bytes > 0 || to.mayKnow('unheard of')) await to.get(id);
  }
}

const databaseName = () => new URL(url).pathname.slice(1);

/** Their connections on which they listen end: they connect again, and look for what they have missed. */
async function hearNoMore(): Promise<void> {
  await postgres().exec(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${databaseName()}' AND query LIKE 'LISTEN%'`,
  );
}

const storeOne = (spool: Spool, guid: string, backends = [A]): Promise<StoredDelivery> =>
  spool.store(newDelivery(payloadOf(1), backends, { guid }), payloadOf(1));

it('know of a delivery that left by what others did, as it is remembered', async () => {
  const { id } = (await storeOne(one, 'g')).delivery;
  const settled = await one.settle(id, A, ACCEPTED, RULES);
  expect(await other.past(id)).toEqual(settled && inShort(settled.after));
  expect((await other.listPast(Infinity, 1)).map(({ delivery }) => delivery.id)).toEqual([id]);
});

it('count what others keep, as soon as they have heard of it', async () => {
  const before = other.bytes;
  const owed = told(other, ({ kind }) => kind === 'owed');
  await storeOne(one, 'g', ['http://b']);
  await owed;
  while (other.counts().get('http://b')?.owed !== 1) await other.get(1);
  expect(other.bytes).toBeGreaterThan(before);
});

it('wait for the end of a claim that somebody else has', async () => {
  const { id } = (await storeOne(one, 'g', [A, 'http://b'])).delivery;
  expect(await other.untilUnclaimed(id, A)).toBe(false);
  await one.claim(id, A, 3);
  expect([await one.untilUnclaimed(id, A), await other.untilUnclaimed(id, 'http://b')]).toEqual([
    false,
    false,
  ]);
  const unclaimed = other.untilUnclaimed(id, A);
  await other.get(id);
  await one.settle(id, A, ACCEPTED, RULES);
  expect(await unclaimed).toBe(true);
  expect((await other.get(id))?.forwards[0]?.state).toBe('accepted');
});

it('tell when an attempt has failed at what stays owed: who drains the backend has passed over it', async () => {
  const { id } = (await storeOne(one, 'g')).delivery;
  await one.claim(id, A, 3);
  const owed = told(other, (event) => event.kind === 'owed' && event.id === id);
  await one.settle(id, A, { ...ACCEPTED, outcome: 'refused', status: 503 }, RULES);
  await owed;
  expect((await other.get(id))?.forwards[0]?.state).toBe('owed');
});

it('settle what one that ended was attempting, however much that is at once', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const { id } = (await storeOne(one, `g${n}`)).delivery;
    await one.claim(id, A, 3);
    ids.push(id);
  }
  const gone = told(other, ({ kind }) => kind === 'owners');
  await one.close();
  await gone;
  const settled = await Promise.all(ids.map((id) => other.settle(id, A, UNKNOWN, RULES)));
  expect(settled.map((change) => change?.after.forwards[0]?.attempts.at(-1)?.outcome)).toEqual(
    ids.map(() => 'unknown'),
  );
});

it('know what others keep and miss, and of nothing else', async () => {
  expect(other.mayKnow('g')).toBe(false);
  const owed = told(other, ({ kind }) => kind === 'owed');
  await storeOne(one, 'g');
  await owed;
  expect([one.mayKnow('g'), other.mayKnow('g'), other.mayKnow('h')]).toEqual([true, true, false]);
});

it('know what they have shown somebody, whatever they were told', async () => {
  await storeOne(one, 'g');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`UPDATE sprayproxy_delivery SET guid = 'untold'`);
  await client.end();
  expect(other.mayKnow('untold')).toBe(false);
  expect(await other.list(Infinity, 1)).toMatchObject([{ delivery: { guid: 'untold' } }]);
  expect(other.mayKnow('untold')).toBe(true);
});

it('ask the database of any delivery from when they hear no more until they have looked again', async () => {
  await hearNoMore();
  while (!other.mayKnow('unheard of')) await other.get(1);
  while (other.mayKnow('unheard of')) await other.get(1);
});

it('find that a backend has another filter, whether or not they were told', async () => {
  const backends = told(other, ({ kind }) => kind === 'backends');
  await keepFilter(one, A, BackendFilter.of({ events: ['push'] }) as BackendFilter);
  await hearNoMore();
  await backends;
  expect([...(await filtersIn(other)).keys()]).toEqual([A]);
});

it('tell which backends are paused in the statement that notes it', async () => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const heard = new Promise<void>((resolve) => {
    client.on('notification', ({ payload = '' }) => {
      if (decode(payload)?.message.kind === 'backends') resolve();
    });
  });
  await client.query(`LISTEN ${CHANNEL}`);
  const paused = told(other, ({ kind }) => kind === 'backends');
  await one.note({ name: PAUSES_NOTE, text: '[]', at: 1 }, undefined);
  await Promise.all([heard, paused]);
  await client.end();
  expect((await other.noted([PAUSES_NOTE])).get(PAUSES_NOTE)).toBe('[]');
});

it('find out which backends are paused where nobody has told them', async () => {
  const paused = told(other, ({ kind }) => kind === 'backends');
  await postgres().exec(
    `INSERT INTO sprayproxy_note (name, text, noted_at) VALUES ('${PAUSES_NOTE}', '[]', 1)`,
    databaseName(),
  );
  await hearNoMore();
  await paused;
  expect((await other.noted([PAUSES_NOTE])).get(PAUSES_NOTE)).toBe('[]');
});

it('recall what others remember, until it is stored or forgotten', async () => {
  const id = one.nextId(1);
  const { delivery } = newDelivery(payloadOf(1), [A], { guid: 'missed' });
  const stored = inShort({ delivery: { ...delivery, id }, forwards: [newForward(A)] });
  const identity = Identity.ofRecord({ guid: 'missed', payloadDigest: delivery.payloadDigest });
  await one.remember([{ id, identity, stored, awaited: false }]);
  while (!other.mayKnow('missed')) await other.get(1);
  expect((await other.recall('missed')).map((recent) => recent.stored)).toEqual([stored]);
  await other.store(newDelivery(payloadOf(1), [A], { guid: 'missed' }), payloadOf(1), { id });
  expect([await one.recall('missed'), (await one.find('missed')).length]).toEqual([[], 1]);
  await one.discard(id);
  expect([await one.past(id), await one.get(id)]).toEqual([undefined, undefined]);
});

it('take over at once what one that ends has drained, and find what it was attempting', async () => {
  const backends = Array.from({ length: 10 }, (_, at) => `http://${at}`);
  expect(backends.map((backend) => [one.drains(backend), other.drains(backend)].sort())).toEqual(
    backends.map(() => [false, true]),
  );
  const { id } = (await storeOne(one, 'g')).delivery;
  await one.claim(id, A, 3);
  expect(await other.abandoned()).toEqual([]);
  const owners = told(other, ({ kind }) => kind === 'owners');
  await one.close();
  await owners;
  expect(backends.every((backend) => other.drains(backend))).toBe(true);
  expect((await other.abandoned()).map(({ delivery }) => delivery.id)).toEqual([id]);
});

it('leave it to others to drain when they retire, and keep their claims', async () => {
  const { id } = (await storeOne(one, 'g')).delivery;
  await one.claim(id, A, 3);
  const owners = told(other, ({ kind }) => kind === 'owners');
  await one.retire();
  await owners;
  expect([one.drains(A), other.drains(A), await other.abandoned()]).toEqual([false, true, []]);
});

it('know which backends others name', async () => {
  const owners = told(other, ({ kind }) => kind === 'owners');
  one.announce([A]);
  await owners;
  expect([other.isWantedElsewhere(A), other.isWantedElsewhere('http://b')]).toEqual([true, false]);
  expect([one.drains(A), other.drains(A)]).toEqual([true, false]);
});

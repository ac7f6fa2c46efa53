import { type Kysely, sql } from 'kysely';

import { installCleanup } from '../../../test/support/cleanup.js';
import { migratedDatabase } from '../../../test/support/postgres/migrated-database.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { type DeliveryFilter, matches } from '../../model/delivery-filter.js';
import { type Forward, FORWARD_STATES, type ForwardState, newForward } from '../../model/forward.js';
import { Identity } from '../../model/identity.js';
import { type Recent } from '../../model/recent.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { Memory } from './memory.js';
import { type Tables } from './tables.js';

const LONG = 'x'.repeat(5000);

installCleanup();
const postgres = sharedPostgres();

let db: Kysely<Tables>;
let memory: Memory;
beforeEach(async () => {
  ({ db } = await migratedDatabase(postgres()));
  memory = new Memory(db);
});

const forward = (state: ForwardState, backend = 'https://a'): Forward => ({ ...newForward(backend), state });

function recent(
  id: number,
  about: Partial<StoredDelivery['delivery']> & { forwards?: Forward[]; awaited?: boolean } = {},
): Recent & { stored: StoredDelivery } {
  const { forwards = [forward('accepted')], awaited = false, ...rest } = about;
  const delivery = {
    id,
    receivedAt: Math.floor(id / 1000),
    query: '',
    rawHeaders: [],
    payloadBytes: 1,
    payloadDigest: `digest ${id}`,
    ...rest,
  };
  return { id, identity: Identity.ofRecord(delivery), stored: { delivery, forwards }, awaited };
}

const bare = ({ id, identity }: Recent, awaited = true): Recent => ({ id, identity, awaited });
const idsOf = (found: readonly StoredDelivery[]) => found.map(({ delivery }) => delivery.id);
const setKept = (id: number) => sql`UPDATE sprayproxy_delivery SET kept = true WHERE id = ${id}`.execute(db);
/** Identities are compared by what they are, however they came about. */
const shown = (recents: readonly Recent[]) =>
  recents.map(({ identity: { key, digest }, ...rest }) => ({ ...rest, key, digest }));

it('remembers a delivery as it was', async () => {
  const attempt = {
    at: 1,
    outcome: 'rejected',
    durationMs: 2,
    status: 400,
    answer: 'no \u0000 \ud800 "\\',
  } as const;
  const whole = recent(1, {
    guid: 'guid',
    event: 'push',
    repository: 'Owner/Name',
    requestId: 'request',
    forwards: [
      { ...forward('rejected'), attempts: [attempt], attemptCount: 1 },
      forward('accepted', 'http://b'),
    ],
  });
  await memory.remember([whole]);
  expect(await memory.past(1)).toEqual(whole.stored);
  expect(await memory.past(2)).toBeUndefined();
});

it('remembers what the database takes for no text, and what no index takes', async () => {
  const odd = recent(1, { guid: `${LONG}g`, event: `${LONG}e`, repository: `\u0000\ud800${LONG}r` });
  await memory.remember([
    odd,
    recent(2, { guid: `${LONG}h`, event: `${LONG}f`, repository: `\u0000${LONG}s` }),
  ]);
  expect((await memory.past(1))?.delivery.repository).toBe(`\ufffd\ufffd${LONG}r`);
  for (const filter of [
    { guid: `${LONG}g` },
    { event: `${LONG}e` },
    { repository: `\ufffd\ufffd${LONG}r` },
  ]) {
    expect(idsOf(await memory.listPast(Infinity, 10, filter))).toEqual([1]);
  }
});

it('remembers more than fit into one batch, and of one delivery what was known last', async () => {
  const many = Array.from({ length: 1001 }, (_, at) => recent(1001 - at));
  const again = { ...recent(7, { guid: 'new' }), awaited: true };
  await memory.remember([...many, again, bare(recent(8))]);
  expect(await memory.listPast(Infinity, 2000)).toHaveLength(1001);
  expect([(await memory.past(7))?.delivery.guid, (await memory.past(8))?.forwards.length]).toEqual([
    'new',
    1,
  ]);
  await memory.remember([]);
});

describe('recalls', () => {
  it.each<[string, boolean, Recent]>([
    ['not what is over', false, recent(1, { guid: 'g' })],
    ['what is awaited', true, recent(1, { guid: 'g', awaited: true })],
    ['what nothing is known of but that', true, bare(recent(1, { guid: 'g' }))],
    ['not what nothing is known of any more', false, bare(recent(1, { guid: 'g' }), false)],
    [
      'what is missed',
      true,
      recent(1, { guid: 'g', forwards: [forward('accepted'), forward('rejected', 'http://b')] }),
    ],
    [
      'not what was released',
      false,
      recent(1, { guid: 'g', forwards: [{ ...forward('rejected'), released: true }] }),
    ],
  ])('%s', async (_what, isRecalled, known) => {
    await memory.remember([known, recent(2, { guid: 'other', awaited: true })]);
    expect(shown(await memory.recall('g'))).toEqual(isRecalled ? shown([known]) : []);
  });

  it('by the payload what has no GUID, or too long a one; latest first', async () => {
    const two = [
      recent(1, { payloadDigest: 'd', awaited: true }),
      recent(2, { payloadDigest: 'd', guid: LONG }),
    ];
    await memory.remember(two.map((each) => bare(each)));
    const found = await memory.recall('d');
    expect(found.map(({ id }) => id)).toEqual([2, 1]);
    expect(found.every(({ identity }) => identity.equals(two[0]?.identity ?? identity))).toBe(true);
  });
});

it('keeps what it knows when it hears only whether it is awaited', async () => {
  const known = recent(1, { guid: 'g' });
  await memory.remember([known]);
  await memory.remember([bare(known)]);
  expect(shown(await memory.recall('g'))).toEqual(shown([{ ...known, awaited: true }]));
  await memory.remember([bare(known, false)]);
  expect([await memory.recall('g'), await memory.past(1)]).toEqual([[], known.stored]);
});

it('knows more when it hears more', async () => {
  const known = recent(1, { guid: 'g', forwards: [forward('dead')] });
  await memory.remember([bare(known)]);
  expect([await memory.past(1), await memory.listPast(Infinity, 10)]).toEqual([undefined, []]);
  await memory.remember([known]);
  expect(shown(await memory.recall('g'))).toEqual(shown([known]));
});

it('takes for missed no more what all have by now, whoever says so later', async () => {
  const missed = recent(1, { forwards: [forward('dead')], awaited: true });
  await memory.remember([missed]);
  const served = recent(1);
  await memory.remember([served]);
  await memory.remember([missed]);
  expect(await memory.past(1)).toEqual(served.stored);
  expect(await memory.recall(served.identity.key)).toEqual([]);
});

it('only marks what is kept as awaited or not', async () => {
  const known = recent(1, { guid: 'g', forwards: [forward('dead')] });
  await memory.remember([known]);
  await setKept(1);
  await memory.remember([recent(1, { guid: 'other', awaited: true })]);
  expect(idsOf(await memory.listPast(Infinity, 10))).toEqual([]);
  expect([await memory.recall('g'), await memory.past(1)]).toEqual([[], undefined]);
  expect(await memory.listKept({ before: Infinity }, 10)).toEqual([known.stored]);
  const rows = await db.selectFrom('sprayproxy_delivery').select(['kept', 'awaited', 'guid']).execute();
  expect(rows).toEqual([{ kept: true, awaited: true, guid: 'g' }]);
});

it('remembers at once, in whatever order', async () => {
  const ids = Array.from({ length: 200 }, (_, at) => at + 1);
  const batches = [ids, ids.toReversed(), ids].map((batch) => batch.map((id) => recent(id)));
  for (let round = 0; round < 5; round += 1)
    await Promise.all(batches.map((batch) => memory.remember(batch)));
  expect(await memory.listPast(Infinity, 1000)).toHaveLength(200);
});

describe('forgets, but nothing that is kept', () => {
  beforeEach(async () => {
    await memory.remember([1, 2, 3, 4, 5].map((id) => recent(id)));
    await setKept(2);
  });

  it('what it is told to', async () => {
    await memory.forget([1, 2, 7]);
    expect(idsOf(await memory.listPast(Infinity, 10))).toEqual([5, 4, 3]);
    expect(idsOf(await memory.listKept({ before: Infinity }, 10))).toEqual([2]);
  });

  it('the oldest, so many at once', async () => {
    expect([await memory.trim(5, 2), await memory.trim(5, 2), await memory.trim(5, 2)]).toEqual([2, 1, 0]);
    expect(idsOf(await memory.listPast(Infinity, 10))).toEqual([5]);
    expect(idsOf(await memory.listKept({ before: Infinity }, 10))).toEqual([2]);
  });
});

describe('lists', () => {
  const all = Array.from({ length: 120 }, (_, at) =>
    recent(1000 * (at + 1), {
      guid: `guid ${at % 40}`,
      event: ['push', 'check_run', 'ping'][at % 3] ?? '',
      ...(at % 5 !== 0 && { repository: `Owner/Name${at % 5}` }),
      forwards: [
        forward(FORWARD_STATES[at % 4] ?? 'dead', `https://a${at % 3}/hook`),
        forward(FORWARD_STATES[at % 2] ?? 'dead', 'http://b:8080'),
      ],
    }),
  );
  const FILTERS: DeliveryFilter[] = [
    {},
    { state: 'accepted' },
    { state: 'rejected' },
    { backend: 'https://a1/hook' },
    { backend: 'a1' },
    { backend: 'b:8080', state: 'dead' },
    { backend: 'https://a2/hook', state: 'dead' },
    { guid: 'guid 7' },
    { event: 'push' },
    { repository: 'owner/name3' },
    { event: 'ping', repository: 'owner/name1', state: 'owed' },
    { since: 60 },
    { since: 61, event: 'push' },
    { backend: 'none' },
    { repository: 'none' },
  ];

  it.each(FILTERS)('page by page, latest first, what is asked for: %j', async (filter) => {
    await memory.remember(all);
    const expected = all.filter(({ stored }) => matches(stored, filter)).map(({ id }) => id);
    const found: number[] = [];
    for (let before = Infinity, more = true; more;) {
      const page = idsOf(await memory.listPast(before, 7, filter));
      found.push(...page);
      before = page.at(-1) ?? 0;
      more = page.length === 7;
    }
    expect(found).toEqual(expected.reverse());
    expect(await memory.listKept({ before: Infinity }, 7, filter)).toEqual([]);
    await sql`UPDATE sprayproxy_delivery SET kept = true`.execute(db);
    expect(idsOf(await memory.listKept({ before: Infinity }, 7, filter))).toEqual(expected.slice(0, 7));
    expect(await memory.listPast(Infinity, 7, filter)).toEqual([]);
    const oldestFirst: number[] = [];
    for (let page: number[] = [0]; page.length > 0; oldestFirst.push(...page)) {
      page = idsOf(await memory.listKept({ after: oldestFirst.at(-1) ?? 0 }, 7, filter));
    }
    expect(oldestFirst).toEqual(expected.toReversed());
  });

  it('whole pages though a hash means others too', async () => {
    await memory.remember(all);
    await sql`UPDATE sprayproxy_delivery SET marks = (SELECT array_agg(m) FROM
      (SELECT DISTINCT unnest(marks) m FROM sprayproxy_delivery) every)`.execute(db);
    const expected = all.filter(({ stored }) => matches(stored, { state: 'rejected' })).map(({ id }) => id);
    expect(idsOf(await memory.listPast(Infinity, 20, { state: 'rejected' }))).toEqual(
      expected.reverse().slice(0, 20),
    );
    expect(idsOf(await memory.listPast(Infinity, 0, {}))).toEqual([]);
  });
});

import { MemorySpool, MemoryStore } from '../../../test/support/memory-spool.js';
import { BackendFilter } from '../../model/backend-filter.js';
import { begin, newForward } from '../../model/forward.js';
import { Identity, payloadDigest } from '../../model/identity.js';
import { parsePauses, PAUSES_NOTE, type PausesByKey, pausesText } from '../../model/pause.js';
import { inShort, type NewDelivery } from '../../model/stored-delivery.js';
import { filtersIn, keepFilter } from '../backend-filters.js';
import { copySpool, type CopyCount } from './copy-spool.js';

const RULES = { guarantee: 'at-least-once', othersGotThrough: false } as const;

let sourceStore: MemoryStore;
let source: MemorySpool;
let target: MemorySpool;
beforeEach(() => {
  sourceStore = new MemoryStore();
  source = new MemorySpool({ store: sourceStore });
  target = new MemorySpool({ store: new MemoryStore() });
});

const copy = (onProgress: (count: CopyCount) => void = () => undefined) =>
  copySpool({ source, target, rules: RULES, onProgress });

const payloadOf = (guid: string) => Buffer.from(`payload of ${guid}`);

function delivery(guid: string, forwards: NewDelivery['forwards'] = [newForward('http://a')]): NewDelivery {
  const payload = payloadOf(guid);
  return {
    delivery: {
      guid,
      event: 'push',
      receivedAt: 1_700_000_000_000,
      query: 'a=b',
      rawHeaders: ['X-GitHub-Event', 'push'],
      payloadBytes: payload.length,
      payloadDigest: payloadDigest(payload),
    },
    forwards,
  };
}

const store = (spool: MemorySpool, guid: string, forwards?: NewDelivery['forwards'], id?: number) =>
  spool.store(delivery(guid, forwards), payloadOf(guid), id === undefined ? {} : { id });

it('copies all that is kept, with ids and payloads, and the registered backends', async () => {
  const stored = [await store(source, 'one'), await store(source, 'two')];
  await source.keepBackend('http://registered');

  expect(await copy()).toEqual({
    total: 2,
    copied: 2,
    there: 0,
    renumbered: 0,
    interrupted: 0,
    damaged: [],
    bytes: payloadOf('one').length + payloadOf('two').length,
    backends: 1,
  });

  for (const each of stored) expect(await target.get(each.delivery.id)).toEqual(each);
  expect(await target.payload(stored[0]?.delivery.id ?? 0)).toEqual(payloadOf('one'));
  expect(await target.registeredBackends()).toEqual(['http://registered']);
});

it('copies the filters of registered backends, but where the target has the backend already', async () => {
  const [push, issues] = ['push', 'issues'].map((event) => BackendFilter.of({ events: [event] })) as [
    BackendFilter,
    BackendFilter,
  ];
  for (const host of ['a', 'b', 'c']) await source.keepBackend(`http://${host}`);
  for (const host of ['a', 'c']) await keepFilter(source, `http://${host}`, push);
  await target.keepBackend('http://c');
  await keepFilter(target, 'http://c', issues);
  // Left by an earlier one of that name.
  await keepFilter(target, 'http://b', issues);
  expect(await copy()).toMatchObject({ backends: 2 });
  expect(Object.fromEntries(await filtersIn(target))).toEqual({ 'http://a': push, 'http://c': issues });
});

it('leaves the source as it is', async () => {
  const { delivery: record } = await store(source, 'one', [begin(newForward('http://a'), 1)]);
  const before = await source.get(record.id);
  await copy();
  expect(await source.get(record.id)).toEqual(before);
  expect(await source.payload(record.id)).toEqual(payloadOf('one'));
});

it('stores the oldest first, and tells of each', async () => {
  for (const guid of ['one', 'two', 'three']) await store(source, guid);
  const told: string[] = [];
  const ids: number[] = [];
  target.watch((event) => {
    if (event.kind === 'owed') ids.push(event.id);
  });
  await copy(({ total, copied }) => told.push(`${copied} of ${total}`));
  expect(told).toEqual(['0 of 3', '1 of 3', '2 of 3', '3 of 3']);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

it('copies nothing twice', async () => {
  await store(source, 'one');
  await copy();
  await store(source, 'two');
  expect(await copy()).toMatchObject({ total: 2, copied: 1, there: 1, backends: 0 });
});

it('does not bring back what is over in the target', async () => {
  const { delivery: record, forwards } = await store(source, 'one');
  await copy();
  await target.discard(record.id);
  const served = forwards.map((forward) => ({ ...forward, state: 'accepted' as const }));
  const stored = inShort({ delivery: record, forwards: served });
  await target.remember([{ id: record.id, identity: Identity.ofRecord(record), stored, awaited: false }]);
  expect(await copy()).toMatchObject({ copied: 0, there: 1 });
});

it('gives another id where that is another delivery’s', async () => {
  const { delivery: record } = await store(source, 'one');
  const other = await store(target, 'other', undefined, record.id);

  expect(await copy()).toMatchObject({ copied: 1, renumbered: 1 });
  expect(await copy()).toMatchObject({ copied: 0, there: 1 });

  expect(await target.get(record.id)).toEqual(other);
  expect(await target.find('one')).toMatchObject([{ delivery: { guid: 'one' } }]);
});

it('copies of a delivery that came to the target by itself only what that knows nothing of', async () => {
  await store(source, 'one', [newForward('http://a'), newForward('http://b')]);
  await store(target, 'one', [newForward('http://a')], 5);
  await copy();
  const found = await target.find('one');
  expect(found.map(({ forwards }) => forwards.map(({ backend }) => backend))).toEqual([
    ['http://b'],
    ['http://a'],
  ]);
});

it('copies which backends are paused; the target knows better of its own', async () => {
  const [A, B, C] = ['http://a', 'http://b', 'http://c'];
  const note = (spool: MemorySpool, pauses: PausesByKey) =>
    spool.note({ name: PAUSES_NOTE, text: pausesText(pauses), at: 1 }, undefined);
  await note(
    source,
    new Map([
      [A, { since: 1 }],
      [B, { since: 1 }],
    ]),
  );
  await note(
    target,
    new Map([
      [B, { since: 2 }],
      [C, { since: 2 }],
    ]),
  );
  await store(source, 'one');
  const both = new Map([
    [A, { since: 1 }],
    [B, { since: 2 }],
    [C, { since: 2 }],
  ]);
  await copy();
  expect(parsePauses((await target.noted([PAUSES_NOTE])).get(PAUSES_NOTE))).toEqual(both);
});

it('ends attempts that were cut off with an unknown outcome', async () => {
  const { delivery: record } = await store(source, 'one', [begin(newForward('http://a'), 7)]);
  expect(await copy()).toMatchObject({ copied: 1, interrupted: 1 });
  expect((await target.get(record.id))?.forwards).toMatchObject([
    { state: 'owed', unknownCount: 1, attempts: [{ at: 7, outcome: 'unknown' }] },
  ]);
  expect((await target.get(record.id))?.forwards[0]).not.toHaveProperty('runningSince');
});

it('tells of damaged payloads and goes on', async () => {
  const { delivery: record } = await store(source, 'one');
  await store(source, 'two');
  sourceStore.payloads.set(record.id, Buffer.from('something else'));
  expect(await copy()).toMatchObject({ total: 2, copied: 1, damaged: [record.id] });
});

it('ends where the target is full', async () => {
  await store(source, 'one');
  target = new MemorySpool({ maxBytes: 10, store: new MemoryStore() });
  await expect(copy()).rejects.toMatchObject({ code: 'spool-full' });
});

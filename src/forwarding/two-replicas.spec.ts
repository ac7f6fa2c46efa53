import { FanOutParts, type Reaction, settle } from '../../test/support/fan-out-parts.js';
import { MemorySpool, MemoryStore } from '../../test/support/memory-spool.js';
import { Backend } from '../model/backend.js';
import { type Delivery } from '../model/delivery.js';
import { type Report } from '../model/report.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';

const DYNAMIC = { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' };

/** A process beside others that use the store. The first that lists a backend drains it. */
async function replica(
  store: MemoryStore,
  hosts: readonly string[] = ['a', 'b'],
  env: Readonly<Record<string, string>> = {},
): Promise<FanOutParts> {
  const parts = new FanOutParts({ hosts, spool: new MemorySpool({ store }), env: { ...DYNAMIC, ...env } });
  await parts.registry.onModuleInit();
  await parts.lanes.onApplicationBootstrap();
  return parts;
}

async function two(
  hosts?: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<[FanOutParts, FanOutParts]> {
  const store = new MemoryStore();
  return [await replica(store, hosts, env), await replica(store, hosts, env)];
}

/** Passes time for both in steps, and lets happen what that makes due. */
async function pass(all: readonly FanOutParts[], ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    for (const { clock } of all) clock.pass(250);
    await settle(4);
  }
}

async function deliver(parts: FanOutParts, delivery: Delivery, heard = true): Promise<Report> {
  const report = await parts.fanOut.deliver(delivery);
  parts.fanOut.answered(delivery, report, heard);
  return report;
}

const allSent = (...all: FanOutParts[]) => all.flatMap(({ sent }) => sent.map(({ host }) => host)).sort();

function pending() {
  let answer: (status: number) => void = () => undefined;
  const slow = new Promise<number>((resolve) => (answer = resolve));
  return { answer, slow };
}

describe('a redelivery that reaches the other replica', () => {
  it('goes to those alone that miss it', async () => {
    const store = new MemoryStore();
    const other = await replica(store);
    other.react = (host) => (host === 'b' ? 503 : 202);
    const { kind } = await deliver(other, other.delivery('1'));
    expect(kind).toBe('kept');
    const third = await replica(store);
    expect(await deliver(third, third.delivery('1'))).toMatchObject({ kind: 'served', fillsGaps: true });
    expect(third.sentTo('a')).toEqual([]);
    expect(third.sentTo('b')).toEqual(['1']);
  });

  it.each<[string, Reaction, string]>([
    ['that is accepted is served, and sent no more', 202, 'served'],
    ['that fails is sent again', 503, 'served'],
  ])('joins an attempt that the first makes: one %s', async (_what, status, kind) => {
    const [one, other] = await two(['a']);
    const { answer, slow } = pending();
    one.react = () => slow;
    const first = deliver(one, one.delivery('1'));
    await settle();
    one.clock.pass(8000);
    expect((await first).kind).toBe('kept');
    const again = deliver(other, other.delivery('1'));
    await settle();
    expect(other.sent).toEqual([]);
    answer(status as number);
    expect((await again).kind).toBe(kind);
    expect(other.sentTo('a')).toEqual(status === 202 ? [] : ['1']);
  });

  it('goes to nobody where all have it and only its sender has not heard of that', async () => {
    const [one, other] = await two();
    await deliver(one, one.delivery('1'), false);
    await pass([one], 250);
    expect(await deliver(other, other.delivery('1'))).toMatchObject({ kind: 'served', attempts: [] });
    await pass([other], 250);
    expect(allSent(one, other)).toEqual(['a', 'b']);
    // Now it has heard: the next is a deliberate repeat.
    await deliver(one, one.delivery('1'));
    expect(allSent(one, other)).toEqual(['a', 'a', 'b', 'b']);
  });

  it('fills the gap of one that could not be kept, once', async () => {
    const [one, other] = await two();
    const spool = one.spool as MemorySpool;
    one.react = (host) => (host === 'b' ? 503 : 202);
    spool.failing = true;
    expect((await deliver(one, one.delivery('1'))).kind).toBe('failed');
    spool.failing = false;
    await pass([one], 250);
    expect((await deliver(other, other.delivery('1'))).kind).toBe('served');
    await pass([other], 250);
    expect([other.sentTo('a'), other.sentTo('b')]).toEqual([[], ['1']]);
    await deliver(one, one.delivery('1'));
    expect(one.sentTo('a')).toEqual(['1', '1']);
  });

  it('leaves to the other what only that one sends to', async () => {
    const store = new MemoryStore();
    const one = await replica(store, ['a', 'new']);
    const other = await replica(store, ['a']);
    one.react = (host) => (host === 'new' ? 'no connection' : 202);
    const { id } = await deliver(one, one.delivery('1'));
    expect(await deliver(other, other.delivery('1'))).toMatchObject({ kind: 'kept', id });
    expect(other.sent).toEqual([]);
    one.react = () => 202;
    await pass([one, other], 60_000);
    expect(one.sentTo('a')).toEqual(['1']);
    expect(store.deliveries.size).toBe(0);
  });
});

describe('what a backend is owed', () => {
  it('is sent by one of them, and by the other when that one ends', async () => {
    const [one, other] = await two(['a']);
    for (const parts of [one, other]) parts.react = () => 'no connection';
    for (const guid of ['1', '2', '3']) await deliver(other, other.delivery(guid));
    await pass([one, other], 30_000);
    expect(one.sent.length).toBeGreaterThan(1);
    const before = other.sent.length;
    await one.lanes.stop();
    other.react = () => 202;
    await pass([one, other], 60_000);
    expect(other.sentTo('a').slice(before).slice(-3)).toEqual(['1', '2', '3']);
    expect((other.spool as MemorySpool).bytes).toBe(0);
  });

  it('is not waited for by the one that does not drain once the other has got through', async () => {
    const [one, other] = await two(['a']);
    for (const parts of [one, other]) parts.react = () => 'no connection';
    for (let n = 0; n < 10; n += 1) await deliver(other, other.delivery(String(n)));
    for (const parts of [one, other]) parts.react = () => 202;
    await pass([one, other], 120_000);
    const report = await deliver(other, other.delivery('new'));
    expect(report.kind).toBe('served');
    expect(other.sentTo('a').at(-1)).toBe('new');
  });

  it('goes on where the process that attempted it has gone, as of unknown outcome', async () => {
    const [one, other] = await two(['a']);
    one.react = () => new Promise(() => undefined);
    const first = deliver(one, one.delivery('1'));
    await settle();
    one.clock.pass(8000);
    const { id = 0 } = await first;
    expect(other.sent).toEqual([]);
    await one.spool.close();
    await pass([other], 30_000);
    expect(other.sentTo('a')).toEqual(['1']);
    expect((await other.spool.past(id))?.forwards[0]).toMatchObject({
      state: 'accepted',
      attempts: [{ outcome: 'unknown' }, { outcome: 'accepted' }],
    });
  });

  it('is not taken for abandoned where it is being sent, though another that has gone was sending to somebody else', async () => {
    const [one, other] = await two(['a', 'b']);
    one.react = (host) => (host === 'a' ? new Promise(() => undefined) : 'no connection');
    other.react = () => new Promise(() => undefined);
    const first = deliver(one, one.delivery('1'));
    await settle();
    one.clock.pass(8000);
    const { id = 0 } = await first;
    // A redelivery has the other send what is owed to b, which it is still at when the one goes, which is sending to a.
    void deliver(other, other.delivery('1'));
    await settle();
    expect(other.sentTo('b')).toEqual(['1']);
    await one.spool.close();
    await settle();
    const [a, b] = (await other.spool.get(id))?.forwards ?? [];
    expect(a?.attempts).toMatchObject([{ outcome: 'unknown' }]);
    expect(b).toMatchObject({ unknownCount: 0, runningSince: expect.any(Number) as number });
  });

  it('is not given up before it is known what is registered', async () => {
    const store = new MemoryStore();
    const one = await replica(store, ['a']);
    await one.registry.register(new Backend(new URL('http://b'), 'registered'));
    one.react = (host) => (host === 'a' ? 202 : 'no connection');
    await deliver(one, one.delivery('1'));
    await one.spool.close();

    const late = new FanOutParts({ hosts: ['a'], spool: new MemorySpool({ store }), env: DYNAMIC });
    let tell: () => void = () => undefined;
    const list = late.spool.registeredBackends();
    late.spool.registeredBackends = () => new Promise((resolve) => (tell = () => void list.then(resolve)));
    const initialised = late.registry.onModuleInit();
    await late.lanes.onApplicationBootstrap();
    await settle();
    tell();
    await initialised;
    await settle();
    expect(late.sentTo('b')).toEqual(['1']);
  });

  it('is given up once when the backend is unregistered, and by nobody while another lists it', async () => {
    const store = new MemoryStore();
    const one = await replica(store, ['a', 'static']);
    const other = await replica(store, ['a']);
    await other.registry.register(new Backend(new URL('http://b'), 'registered'));
    await settle();
    one.react = other.react = (host) => (host === 'a' ? 202 : 'no connection');
    await deliver(one, one.delivery('1'));
    await settle();
    expect(one.sentTo('b')).toEqual(['1']);
    await other.registry.unregister('http://b');
    await settle();
    const [stored] = await other.spool.list(Infinity, 1);
    expect(stored?.forwards).toMatchObject([
      { backend: 'http://a', state: 'accepted' },
      { backend: 'http://static', state: 'owed' },
      { backend: 'http://b', state: 'dead', reason: 'the backend is no longer registered' },
    ]);
    const lines = [one, other].flatMap(({ log }) => log.lines());
    expect(lines.filter(({ msg }) => msg === 'forwards of a removed backend given up')).toHaveLength(1);
  });
});

it('a backend registered at one gets what comes to the other, and no more when it is unregistered there', async () => {
  const [one, other] = await two(['a']);
  const b = new Backend(new URL('http://b'), 'registered');
  await one.registry.register(b);
  await settle();
  await deliver(other, other.delivery('1'));
  expect(other.sentTo('b')).toEqual(['1']);
  expect(await other.registry.unregister(b.key)).toMatchObject({ url: 'http://b' });
  await settle();
  await deliver(one, one.delivery('2'));
  expect(one.sentTo('b')).toEqual([]);
});

it('a delivery whose process ended before it could answer is awaited: it is sent to nobody twice', async () => {
  const [one, other] = await two(['a', 'b']);
  one.react = other.react = (host) => (host === 'b' ? 'no connection' : 202);
  await one.fanOut.deliver(one.delivery('1'));
  await one.lanes.stop();
  await one.spool.close();
  other.react = () => 202;
  await pass([other], 60_000);
  expect(allSent(other)).toEqual(['b']);
  expect((await deliver(other, other.delivery('1'))).kind).toBe('served');
  expect(allSent(other)).toEqual(['b']);
});

it('a redelivery through one that does not send to who misses it is kept for the other', async () => {
  const store = new MemoryStore();
  const one = await replica(store, ['a', 'new']);
  const other = await replica(store, ['a']);
  one.react = (host) => (host === 'new' ? 'no connection' : 202);
  (one.spool as MemorySpool).failing = true;
  expect((await deliver(one, one.delivery('1'))).kind).toBe('failed');
  (one.spool as MemorySpool).failing = false;
  await pass([one], 250);
  one.react = () => 202;
  const before = one.sentTo('new').length;
  expect((await deliver(other, other.delivery('1'))).kind).toBe('kept');
  await pass([one, other], 30_000);
  expect([other.sent, one.sentTo('a'), one.sentTo('new').slice(before)]).toEqual([[], ['1'], ['1']]);
});

it('what all have answered is remembered where nobody knows whether it was stored', async () => {
  const parts = await replica(new MemoryStore(), ['a']);
  const { answer, slow } = pending();
  parts.react = () => slow;
  parts.spool.store = async () => {
    answer(202);
    await settle();
    throw new SprayproxyError('spool-unsure', 'nobody has said whether it was stored');
  };
  const remembered = jest.spyOn(parts.spool, 'remember');
  const reporting = deliver(parts, parts.delivery('1'));
  await settle();
  parts.clock.pass(8000);
  const { kind, id } = await reporting;
  await pass([parts], 1000);
  expect(kind).toBe('served');
  expect(remembered.mock.calls.flatMap(([recents]) => recents)).toMatchObject([
    { id, awaited: false, stored: { forwards: [{ backend: 'http://a', state: 'accepted' }] } },
  ]);
});

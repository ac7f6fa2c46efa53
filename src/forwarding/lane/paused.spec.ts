import { FanOutParts, settle } from '../../../test/support/fan-out-parts.js';
import { MemorySpool } from '../../../test/support/memory-spool.js';
import { MISSING_STATES } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { DOWN_AFTER } from './backend-health.js';

const HOUR_MS = 3_600_000;

/** Two backends, of which the first is paused. */
async function paused(env: Readonly<Record<string, string>> = {}, spool = new MemorySpool()) {
  const parts = new FanOutParts({ hosts: ['a', 'b'], spool, env });
  await parts.pauses.onModuleInit();
  await parts.lanes.onApplicationBootstrap();
  await parts.pauses.pause(parts.backend('a').key, {});
  return { parts, spool, key: parts.backend('a').key };
}

const stateOf = async ({ spool }: FanOutParts, id = 0, key = 'http://a') =>
  (await spool.get(id))?.forwards.find(({ backend }) => backend === key);

it('a backend that is paused is sent nothing, and what it misses in order when it is resumed', async () => {
  const { parts, key } = await paused();
  const guids = ['1', '2', '3', '4', '5'];
  for (const guid of guids) {
    await expect(parts.fanOut.deliver(parts.delivery(guid))).resolves.toMatchObject({
      kind: 'kept',
      owed: [{ host: 'a' }],
    });
  }
  parts.clock.pass(72 * HOUR_MS - 1);
  await settle();
  expect([parts.sentTo('a'), parts.sentTo('b')]).toEqual([[], guids]);

  await parts.pauses.end(key);
  await settle(100);
  expect(parts.sentTo('a')).toEqual(guids);
  expect(parts.spool.counts().size).toBe(0);
});

it('is sent what it misses when its time has come', async () => {
  const { parts, key } = await paused();
  await parts.pauses.pause(key, { until: parts.clock.now() + HOUR_MS });
  await parts.fanOut.deliver(parts.delivery('1'));
  parts.clock.pass(HOUR_MS - 1);
  await settle();
  expect(parts.sentTo('a')).toEqual([]);
  parts.clock.pass(1);
  await settle();
  expect(parts.sentTo('a')).toEqual(['1']);
});

it('is asked by nobody whether it is back', async () => {
  const { parts } = await paused();
  const lane = parts.lanes.of(parts.backend('a'));
  expect([lane.holdsBack, lane.mayProbe]).toEqual([true, false]);
  expect([parts.lanes.of(parts.backend('b')).holdsBack, lane.sendPast(parts.delivery('1'))]).toEqual([
    false,
    undefined,
  ]);
});

describe('a redelivery', () => {
  it.each(['owed', 'dead', 'rejected'] as const)('of what is %s there is owed', async (state) => {
    const { parts, key } = await paused();
    parts.react = (host) => (host === 'a' ? 422 : 202);
    await parts.pauses.end(key);
    if (state === 'owed') await parts.pauses.pause(key, {});
    const first = await parts.fanOut.deliver(parts.delivery('1'));
    if (state === 'dead') {
      await parts.spool.revive(first.id ?? 0, [key], ['rejected']);
      await parts.spool.bury(first.id ?? 0, [key], 'given up');
    }
    await settle();
    if (state !== 'owed') await parts.pauses.pause(key, {});
    expect(await stateOf(parts, first.id)).toMatchObject({ state });
    const sent = parts.sentTo('a').length;

    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'kept',
      attempts: [],
      owed: [{ host: 'a' }],
      dead: [],
    });
    await settle();
    expect(await stateOf(parts, first.id)).toMatchObject({ state: 'owed' });
    expect([parts.sentTo('a').length, parts.sentTo('b')]).toEqual([sent, ['1']]);
  });

  it('of what nothing keeps is owed', async () => {
    const { parts, spool } = await paused();
    spool.failing = true;
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'failed',
      fault: { code: 'spool-failed' },
    });
    spool.failing = false;
    await settle();
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'kept',
      owed: [{ host: 'a' }],
    });
    expect([parts.sentTo('a'), parts.sentTo('b')]).toEqual([[], ['1']]);
  });
});

it('is not sent what the spool is too full for', async () => {
  const { parts } = await paused({}, new MemorySpool({ maxBytes: 1 }));
  await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
    kind: 'failed',
    fault: { code: 'spool-full' },
    owed: [{ host: 'a' }],
  });
  expect([parts.sentTo('a'), parts.sentTo('b')]).toEqual([[], ['1']]);
});

it.each([
  ['accepted', ['accepted', ...MISSING_STATES]],
  ['dead', MISSING_STATES],
] as const)('owes what somebody wants sent again though it is %s', async (state, from) => {
  const { parts, key } = await paused();
  const { id = 0 } = await parts.fanOut.deliver(parts.delivery('1'));
  if (state === 'dead') await parts.spool.bury(id, [key], 'given up');
  else {
    await parts.spool.claim(id, key, 1);
    // The other misses it, so that it is kept.
    parts.react = (host) => (host === 'b' ? 503 : 202);
    await parts.spool.revive(id, ['http://b'], ['accepted']);
    const attempt = { at: 1, outcome: 'accepted', durationMs: 1, status: 202 } as const;
    await parts.spool.settle(id, key, attempt, { guarantee: 'at-least-once', othersGotThrough: false });
  }
  await settle();
  expect(await stateOf(parts, id)).toMatchObject({ state });
  const stored = await parts.spool.get(id);
  const { payload, room } = parts.delivery('1');
  await parts.lanes
    .of(parts.backend('a'))
    .sendNow(stored as StoredDelivery, { payload, room }, from)
    .over();
  expect(await stateOf(parts, id)).toMatchObject({ state: 'owed' });
  expect(parts.sentTo('a')).toEqual([]);
  await parts.pauses.end(key);
  await settle();
  expect(parts.sentTo('a')).toEqual(['1']);
});

it('is sent what somebody asked for meanwhile, however old it was', async () => {
  const { parts, key } = await paused();
  const { id = 0 } = await parts.fanOut.deliver(parts.delivery('1'));
  parts.clock.pass(80 * HOUR_MS);
  await parts.spool.bury(id, [key], 'too old');
  const stored = await parts.spool.get(id);
  const { payload, room } = parts.delivery('1');
  await parts.lanes
    .of(parts.backend('a'))
    .sendNow(stored as StoredDelivery, { payload, room }, MISSING_STATES)
    .over();
  await parts.pauses.end(key);
  await settle();
  expect(parts.sentTo('a')).toEqual(['1']);
});

it('lets an attempt end that runs, and begins none that waits for its turn', async () => {
  const parts = new FanOutParts({ env: { SPRAYPROXY_FORWARDING_CONCURRENCY: '1' } });
  await parts.lanes.onApplicationBootstrap();
  const lane = parts.lanes.of(parts.backend());
  let answer: (status: number) => void = () => undefined;
  parts.react = () => new Promise((resolve) => (answer = resolve));
  const [running, waiting] = ['1', '2'].map((guid) => lane.attempt(parts.delivery(guid)));
  await parts.pauses.pause(parts.backend().key, {});
  answer(202);
  await expect(running).resolves.toMatchObject({ outcome: 'accepted' });
  await expect(waiting).resolves.toMatchObject({ outcome: 'refused', error: 'the backend is paused' });
  expect(parts.sentTo('a')).toEqual(['1']);
});

describe('what it failed before', () => {
  it('counts no more when it is resumed', async () => {
    const { parts, key } = await paused();
    await parts.pauses.end(key);
    parts.react = (host) => (host === 'a' ? 503 : 202);
    const lane = parts.lanes.of(parts.backend('a'));
    for (let n = 0; n < DOWN_AFTER; n += 1) await lane.attempt(parts.delivery(`n ${n}`));
    expect(lane.health.down).toBe(true);
    await parts.pauses.pause(key, {});
    await parts.fanOut.deliver(parts.delivery('1'));
    parts.react = () => 202;
    await parts.pauses.end(key);
    await settle();
    expect(parts.sentTo('a').at(-1)).toBe('1');
    expect(lane.health.down).toBe(false);
  });

  it('does not have it unregistered while it is paused, nor for the time that it was', async () => {
    const { parts, spool } = await paused({
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER: '1h',
    });
    await spool.keepBackend('http://c');
    await parts.registry.onModuleInit();
    parts.react = () => 503;
    const { key } = parts.backend('c');
    const lane = parts.lanes.of(parts.backend('c'));
    await lane.attempt(parts.delivery('1'));
    let answer: (status: number) => void = () => undefined;
    parts.react = () => new Promise((resolve) => (answer = resolve));
    const running = lane.attempt(parts.delivery('2'));
    await parts.pauses.pause(key, {});
    parts.clock.pass(HOUR_MS);
    answer(503);
    await running;
    await settle();
    await parts.pauses.end(key);
    parts.react = () => 503;
    await lane.attempt(parts.delivery('3'));
    await settle();
    expect(parts.registry.get(key)).toBeDefined();
    parts.clock.pass(HOUR_MS);
    await lane.attempt(parts.delivery('4'));
    await settle();
    expect(parts.registry.get(key)).toBeUndefined();
  });
});

it('is not sent what was about to be sent when it was paused, but that too when it is resumed', async () => {
  const { parts, spool, key } = await paused();
  const { id } = await parts.fanOut.deliver(parts.delivery('1'));
  const payload = spool.payload.bind(spool);
  const { owedTo } = spool;
  const read: (() => void)[] = [];
  spool.payload = async (id) => {
    await new Promise<void>((resolve) => read.push(resolve));
    return payload(id);
  };
  await parts.pauses.end(key);
  await settle();
  await parts.pauses.pause(key, {});
  const looks = jest.fn();
  spool.owedTo = (...all) => {
    looks();
    return owedTo(...all);
  };
  for (const go of read.splice(0)) go();
  await settle();
  parts.lanes.of(parts.backend('a')).wake();
  await settle();
  expect([parts.sentTo('a'), looks.mock.calls, read]).toEqual([[], [], []]);
  expect(await stateOf(parts, id)).toMatchObject({ state: 'owed', attemptCount: 0 });
  spool.payload = payload;
  await parts.pauses.end(key);
  await settle();
  expect(parts.sentTo('a')).toEqual(['1']);
});

import { FanOutParts, settle } from '../../test/support/fan-out-parts.js';
import { MemorySpool } from '../../test/support/memory-spool.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { NoSpool } from '../spool/no-spool.js';

const never = new Promise<number>(() => undefined);

/** What a backend answers when it is told to. */
function pending() {
  let answer: (status: number) => void = () => undefined;
  const slow = new Promise<number>((resolve) => (answer = resolve));
  return { answer, slow };
}

const withSpool = (hosts = ['a', 'b', 'c']) => new FanOutParts({ hosts });
const without = (hosts = ['a', 'b', 'c']) => new FanOutParts({ hosts, spool: new NoSpool() });

describe('a delivery', () => {
  it('is served when every backend has answered', async () => {
    const parts = withSpool();
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'served',
      attempts: [{ status: 202 }, { status: 202 }, { status: 202 }],
      fillsGaps: false,
    });
    expect(parts.spool.bytes).toBe(0);
  });

  it('is served where there is no backend', async () => {
    const parts = withSpool([]);
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'served',
      attempts: [],
    });
  });

  it('is kept at the first failure, without waiting for the others', async () => {
    const parts = withSpool();
    parts.react = (host) => (host === 'a' ? never : host === 'b' ? 503 : 202);
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'kept',
      attempts: [{ status: 503 }, { status: 202 }],
      owed: [{ host: 'a' }, { host: 'b' }],
      dead: [],
    });
  });

  it('is kept when the time is over, reckoned from its arrival', async () => {
    const parts = withSpool();
    parts.react = (host) => (host === 'a' ? never : 202);
    const delivery = parts.delivery('1');
    parts.clock.pass(3000);
    const report = parts.fanOut.deliver(delivery);
    await settle();
    let answered = false;
    void report.then(() => (answered = true));
    parts.clock.pass(4999);
    await settle();
    expect(answered).toBe(false);
    parts.clock.pass(1);
    await expect(report).resolves.toMatchObject({ kind: 'kept', owed: [{ host: 'a' }] });
  });

  it('goes without a spool until all have ended, and fails if one has not got it', async () => {
    const parts = without();
    const { answer, slow } = pending();
    parts.react = (host) => (host === 'a' ? slow : host === 'b' ? 503 : 202);
    const report = parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    answer(202);
    await expect(report).resolves.toMatchObject({
      kind: 'failed',
      owed: [{ host: 'b' }],
      fault: { code: 'forwarding-failed' },
    });
  });

  it('that is dead at once is kept as such', async () => {
    const parts = new FanOutParts({
      hosts: ['a', 'b'],
      env: { SPRAYPROXY_DELIVERY_GUARANTEE: 'at-most-once' },
    });
    parts.react = (host) => (host === 'a' ? 500 : 202);
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'kept',
      owed: [],
      dead: [{ host: 'a' }],
    });
    expect(parts.log.text()).toContain('forward given up');
  });

  it('fails with the reason where the spool has no room, after the others had it', async () => {
    const parts = new FanOutParts({ hosts: ['a', 'b'], spool: new MemorySpool({ maxBytes: 0 }) });
    parts.react = (host) => (host === 'a' ? 503 : 202);
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'failed',
      owed: [{ host: 'a' }],
      fault: { code: 'spool-full' },
    });
  });

  it('that comes again before it is answered waits for that answer, and is sent to nobody', async () => {
    const parts = withSpool();
    const { answer, slow } = pending();
    parts.react = (host) => (host === 'a' ? slow : 202);
    const first = parts.fanOut.deliver(parts.delivery('1'));
    const again = parts.fanOut.deliver(parts.delivery('1'));
    const other = parts.fanOut.deliver(parts.delivery('1', 'another payload'));
    await settle();
    answer(202);
    for (const report of [first, again, other])
      await expect(report).resolves.toMatchObject({ kind: 'served' });
    expect(parts.sentTo('b')).toEqual(['1', '1']);
  });

  it('is not missed by a backend that was unregistered while it waited for its turn there', async () => {
    const parts = new FanOutParts({
      hosts: ['a', 'b'],
      spool: new NoSpool(),
      env: { SPRAYPROXY_FORWARDING_CONCURRENCY: '1' },
    });
    let answer: (status: number) => void = () => undefined;
    parts.react = (host) => (host === 'a' ? new Promise((resolve) => (answer = resolve)) : 202);
    const reports = ['1', '2'].map((guid) => parts.fanOut.deliver(parts.delivery(guid)));
    await settle();
    await parts.registry.unregister(parts.backend().key);
    answer(202);
    for (const report of reports) await expect(report).resolves.toMatchObject({ kind: 'served' });
    expect(parts.sentTo('a')).toEqual(['1']);
  });

  it('without a GUID is known by its payload', async () => {
    const parts = without();
    parts.react = (host) => (host === 'a' ? 503 : 202);
    await parts.fanOut.deliver(parts.delivery(undefined, 'x'));
    await parts.fanOut.deliver(parts.delivery(undefined, 'x'));
    expect(parts.sentTo('a')).toHaveLength(2);
    expect(parts.sentTo('b')).toHaveLength(1);
  });
});

describe.each([
  ['with a spool', withSpool],
  [
    'with a full spool',
    () => new FanOutParts({ hosts: ['a', 'b', 'c'], spool: new MemorySpool({ maxBytes: 0 }) }),
  ],
  ['without a spool', without],
])('a redelivery, %s', (_name, make) => {
  it.each([503, 404, 500, 400, 422])('goes to those alone that miss it: %d', async (status) => {
    const parts = make();
    parts.react = (host) => (host === 'a' ? status : 202);
    await parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    parts.react = () => 202;
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'served',
      attempts: [{ backend: { host: 'a' }, status: 202 }],
      fillsGaps: true,
    });
    expect(parts.sentTo('b')).toEqual(['1']);
  });

  it('of what nobody misses goes to all', async () => {
    const parts = make();
    for (let n = 0; n < 2; n += 1) await parts.fanOut.deliver(parts.delivery('1'));
    expect(parts.sentTo('a')).toEqual(['1', '1']);
  });

  it('goes to all once the gap was filled', async () => {
    const parts = make();
    parts.react = (host) => (host === 'a' ? 400 : 202);
    await parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    parts.react = () => 202;
    for (let n = 0; n < 2; n += 1) {
      const delivery = parts.delivery('1');
      parts.fanOut.answered(delivery, await parts.fanOut.deliver(delivery), true);
      await settle();
    }
    expect(parts.sentTo('a')).toEqual(['1', '1', '1']);
    expect(parts.sentTo('b')).toEqual(['1', '1']);
  });

  it('of another payload goes to all', async () => {
    const parts = make();
    parts.react = (host) => (host === 'a' ? 503 : 202);
    await parts.fanOut.deliver(parts.delivery('1'));
    await parts.fanOut.deliver(parts.delivery('1', 'another payload'));
    expect(parts.sentTo('b')).toEqual(['1', '1']);
  });

  it('of what was served but not heard goes to nobody, once', async () => {
    const parts = make();
    const first = parts.delivery('1');
    parts.fanOut.answered(first, await parts.fanOut.deliver(first), false);
    const second = parts.delivery('1');
    const report = await parts.fanOut.deliver(second);
    expect(report).toMatchObject({ kind: 'served', attempts: [], fillsGaps: true });
    expect(parts.sent).toHaveLength(3);
    parts.fanOut.answered(second, report, true);
    await parts.fanOut.deliver(parts.delivery('1'));
    expect(parts.sent).toHaveLength(6);
  });

  it('of what was served but not heard twice goes to nobody twice', async () => {
    const parts = make();
    for (let n = 0; n < 3; n += 1) {
      const delivery = parts.delivery('1');
      parts.fanOut.answered(delivery, await parts.fanOut.deliver(delivery), false);
    }
    expect(parts.sent).toHaveLength(3);
  });

  it('goes to all where those who missed it are gone', async () => {
    const parts = make();
    parts.react = (host) => (host === 'a' ? 503 : 202);
    await parts.fanOut.deliver(parts.delivery('1'));
    await parts.registry.unregister('http://a');
    await settle();
    await parts.fanOut.deliver(parts.delivery('1'));
    expect(parts.sentTo('b')).toEqual(['1', '1']);
  });
});

describe('a late answer', () => {
  it('to what is kept settles it', async () => {
    const parts = withSpool();
    const { answer, slow } = pending();
    parts.react = (host) => (host === 'a' ? slow : 202);
    const report = parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    parts.clock.pass(8000);
    await expect(report).resolves.toMatchObject({ kind: 'kept' });
    answer(202);
    await settle();
    expect(parts.spool.bytes).toBe(0);
    expect(parts.sentTo('a')).toEqual(['1']);
  });

  it('is joined by a redelivery', async () => {
    const parts = withSpool();
    const { answer, slow } = pending();
    parts.react = (host) => (host === 'a' ? slow : 202);
    const first = parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    parts.clock.pass(8000);
    await first;
    const again = parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    answer(202);
    await expect(again).resolves.toMatchObject({ kind: 'served', attempts: [{ status: 202 }] });
    expect(parts.sent).toHaveLength(3);
  });

  it('to what could not be kept fills the gap: the redelivery goes to nobody', async () => {
    const parts = new FanOutParts({ hosts: ['a', 'b'], spool: new MemorySpool({ maxBytes: 0 }) });
    const { answer, slow } = pending();
    parts.react = (host) => (host === 'a' ? slow : 202);
    const first = parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    parts.clock.pass(8000);
    await expect(first).resolves.toMatchObject({ kind: 'failed' });
    answer(202);
    await settle();
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'served',
      attempts: [],
    });
  });
});

it('of what its sender has not heard of, no payload is held', async () => {
  const parts = withSpool(['a']);
  parts.react = () => 503;
  const delivery = parts.delivery('1');
  parts.fanOut.answered(delivery, await parts.fanOut.deliver(delivery), false);
  const { identity } = (await parts.recent.find(delivery.identity)) ?? {};
  expect(identity?.digest).toBe(delivery.identity.digest);
  expect(Object.values(identity ?? {})).not.toContain(delivery.payload);
});

describe('a delivery that was discarded while it waited to be sent, and comes again', () => {
  async function joined() {
    const spool = new MemorySpool();
    const parts = new FanOutParts({ hosts: ['a', 'b'], spool });
    await parts.lanes.onApplicationBootstrap();
    const before = parts.delivery('1');
    const forwards = [
      { backend: 'http://a', state: 'owed', attemptCount: 0, attempts: [], unknownCount: 0 },
    ] as const;
    const gate: { open: () => void; fail: (error: Error) => void } = {
      open: () => undefined,
      fail: () => undefined,
    };
    const opened = new Promise<void>((resolve, reject) =>
      Object.assign(gate, { open: resolve, fail: reject }),
    );
    const payload = spool.payload.bind(spool);
    spool.payload = async (id) => {
      const kept = await payload(id);
      await opened;
      return kept;
    };
    const { delivery } = await spool.store(
      {
        delivery: {
          guid: '1',
          receivedAt: parts.clock.now(),
          query: '',
          rawHeaders: before.rawHeaders,
          payloadBytes: before.payload.length,
          payloadDigest: before.identity.digest,
        },
        forwards,
      },
      before.payload.bytes,
    );
    await settle();
    await spool.discard(delivery.id);
    const report = parts.fanOut.deliver(parts.delivery('1'));
    await settle();
    return { parts, spool, report, gate };
  }

  it('is sent in the end, though it was stored as one that runs', async () => {
    const { parts, spool, report, gate } = await joined();
    parts.clock.pass(8000);
    await expect(report).resolves.toMatchObject({ kind: 'kept', owed: [{ host: 'a' }] });
    gate.open();
    await settle();
    for (let n = 0; n < 10; n += 1) {
      parts.clock.pass(1000);
      await settle();
    }
    expect(parts.sentTo('a')).toEqual(['1']);
    expect(parts.sentTo('b')).toEqual(['1']);
    expect(spool.bytes).toBe(0);
  });

  it('is kept where its attempt could not be made, and not sent again to who has it', async () => {
    const { parts, spool, report, gate } = await joined();
    gate.fail(new SprayproxyError('overload', 'no room'));
    await expect(report).resolves.toMatchObject({ kind: 'kept', owed: [{ host: 'a' }] });
    expect(parts.sentTo('b')).toEqual(['1']);
    expect(spool.bytes).toBeGreaterThan(0);
  });
});

it('a redelivery of what was rejected waits until that is kept: it is not sent twice to who takes it then', async () => {
  const spool = new MemorySpool();
  const parts = new FanOutParts({ hosts: ['a', 'b'], spool });
  let write: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (write = resolve));
  const { store } = spool;
  spool.store = async (...kept) => {
    await gate;
    return store(...kept);
  };
  parts.react = (host) => (host === 'a' ? 400 : 202);
  await parts.fanOut.deliver(parts.delivery('1'));
  parts.react = () => 202;
  const report = parts.fanOut.deliver(parts.delivery('1'));
  await settle();
  write();
  await expect(report).resolves.toMatchObject({ kind: 'served', attempts: [{ status: 202 }] });
  await settle();
  expect(spool.counts().size).toBe(0);
  expect(parts.sentTo('a')).toEqual(['1', '1']);
  expect(parts.sentTo('b')).toEqual(['1']);
});

it('a redelivery of what is taken at that moment goes to nobody', async () => {
  const spool = new MemorySpool();
  const parts = new FanOutParts({ hosts: ['a', 'b'], spool });
  await parts.lanes.onApplicationBootstrap();
  let answer: (status: number) => void = () => undefined;
  parts.react = (host) => (host === 'a' ? new Promise((resolve) => (answer = resolve)) : 202);
  const first = parts.fanOut.deliver(parts.delivery('1'));
  await settle();
  parts.clock.pass(8000);
  await expect(first).resolves.toMatchObject({ kind: 'kept', owed: [{ host: 'a' }] });

  const { amend } = spool;
  spool.amend = async (...sent) => {
    answer(202);
    await settle();
    return amend(...sent);
  };
  const again = { ...parts.delivery('1'), rawHeaders: ['X-GitHub-Delivery', '1', 'X-Forwarded-For', '::1'] };
  await expect(parts.fanOut.deliver(again)).resolves.toMatchObject({ kind: 'served', attempts: [] });
  expect(parts.sentTo('a')).toEqual(['1']);
  expect(parts.sentTo('b')).toEqual(['1']);
});

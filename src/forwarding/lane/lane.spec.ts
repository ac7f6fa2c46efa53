import { FanOutParts, settle } from '../../../test/support/fan-out-parts.js';
import { MemorySpool, MemoryStore } from '../../../test/support/memory-spool.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { MISSING_STATES } from '../../model/forward.js';
import { DOWN_AFTER } from './backend-health.js';
import { KeptCounts } from '../../spool/counts.js';
import { NoSpool } from '../../spool/no-spool.js';
import { Signer } from './signer.js';

const MINUTE_MS = 60_000;
const CONCURRENCY = 8;

/** Passes time in steps, and lets happen what that makes due. */
async function pass(parts: FanOutParts, ms: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    parts.clock.pass(stepMs);
    await settle(4);
  }
}

/** Puts deliveries in the spool, one GUID each, owed to the backend. */
async function owe(parts: FanOutParts, ...guids: string[]): Promise<StoredDelivery[]> {
  const stored: StoredDelivery[] = [];
  for (const guid of guids) {
    const { identity, payload, rawHeaders } = parts.delivery(guid);
    const delivery = {
      guid,
      receivedAt: parts.clock.now(),
      query: '',
      rawHeaders,
      payloadBytes: payload.length,
      payloadDigest: identity.digest,
    };
    const forwards = [{ backend: parts.backend().key, ...OWED }];
    stored.push(await parts.spool.store({ delivery, forwards }, payload.bytes));
  }
  return stored;
}

const OWED = { state: 'owed', attemptCount: 0, attempts: [], unknownCount: 0 } as const;

async function started(parts: FanOutParts): Promise<FanOutParts> {
  await parts.lanes.onApplicationBootstrap();
  return parts;
}

const stateOf = async (parts: FanOutParts, id: number) => (await parts.spool.get(id))?.forwards[0];

it('a backend that was down for ten minutes gets 300 webhooks in order, never too many at once', async () => {
  const parts = await started(
    new FanOutParts({ env: { SPRAYPROXY_DRAIN_CONCURRENCY: String(CONCURRENCY) } }),
  );
  let running = 0;
  let most = 0;
  const taken: number[] = [];
  let up = false;
  parts.react = (_host, guid) => {
    if (!up) return 503;
    running += 1;
    most = Math.max(most, running);
    taken.push(Number(guid));
    return new Promise((resolve) =>
      setImmediate(() => {
        running -= 1;
        resolve(202);
      }),
    );
  };
  const guids = Array.from({ length: 300 }, (_, n) => String(n + 1));
  for (let batch = 0; batch < 10; batch += 1) {
    await owe(parts, ...guids.slice(batch * 30, (batch + 1) * 30));
    await pass(parts, MINUTE_MS, 1000);
  }
  expect(parts.sent.length).toBeLessThan(40);
  up = true;
  while (parts.spool.bytes > 0) await pass(parts, 1000, 1000);
  expect(taken).toHaveLength(300);
  expect(taken.filter((guid, place) => Math.abs(guid - 1 - place) >= CONCURRENCY)).toEqual([]);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(CONCURRENCY);
});

describe('a delivery that fails while others get through', () => {
  it.each([503, 404, 401, 301])('holds nobody up, and is dead after ten refusals: %d', async (status) => {
    const parts = await started(new FanOutParts());
    parts.react = (_host, guid) => (guid === 'bad' ? status : 202);
    const [bad] = await owe(parts, 'bad', 'b', 'c', 'd');
    await pass(parts, 10_000);
    expect(parts.sentTo('a').filter((guid) => guid !== 'bad')).toEqual(['b', 'c', 'd']);

    for (let n = 0; n < 200; n += 1) {
      await parts.fanOut.deliver(parts.delivery(`more ${n}`));
      await pass(parts, 10_000, 1000);
    }
    expect(await stateOf(parts, bad?.delivery.id ?? 0)).toMatchObject({
      state: 'dead',
      reason: 'refused 10 times while the backend accepted others',
      refusedAloneCount: 10,
    });
    const tries = parts.sentTo('a').filter((guid) => guid === 'bad').length;
    expect(tries).toBeGreaterThanOrEqual(10);
    expect(tries).toBeLessThan(20);
    expect(parts.log.text()).toContain('forward given up');
    expect(parts.spool.counts().get(parts.backend().key)).toMatchObject({ owed: 0, dead: 1 });
  });

  it('is not alone: two of them hold nobody up either', async () => {
    const parts = await started(new FanOutParts());
    parts.react = (_host, guid) => (guid.startsWith('bad') ? 503 : 202);
    await owe(parts, 'bad 1', 'bad 2', 'bad 3', 'good');
    await pass(parts, 5 * MINUTE_MS, 1000);
    expect(parts.sentTo('a')).toContain('good');
  });

  it('lets new webhooks through to the backend', async () => {
    const parts = await started(new FanOutParts());
    parts.react = (_host, guid) => (guid === 'bad' ? 503 : 202);
    await owe(parts, 'bad', 'b');
    await pass(parts, 20_000);
    await expect(parts.fanOut.deliver(parts.delivery('new'))).resolves.toMatchObject({ kind: 'served' });
  });

  it('lets none overtake the others any more, once it is dead', async () => {
    const parts = await started(new FanOutParts());
    parts.react = (_host, guid) => (guid === 'dead' ? 500 : guid === 'bad' ? 503 : 202);
    const [dead] = await owe(parts, 'dead', 'bad', 'b', 'c');
    await pass(parts, 2 * MINUTE_MS);
    expect(await stateOf(parts, dead?.delivery.id ?? 0)).toMatchObject({ state: 'dead' });
    expect(parts.lanes.of(parts.backend()).holdsBack).toBe(false);
    parts.react = () => new Promise(() => undefined);
    await owe(parts, 'older');
    await settle();
    // What runs is in nobody's way.
    expect(parts.lanes.of(parts.backend()).holdsBack).toBe(false);
    await owe(parts, ...Array.from({ length: CONCURRENCY }, (_, n) => `older ${n}`));
    await settle();
    expect(parts.lanes.of(parts.backend()).holdsBack).toBe(true);
  });

  it('is not given up where the backend takes nothing', async () => {
    const parts = await started(new FanOutParts());
    parts.react = () => 503;
    const [bad] = await owe(parts, 'a', 'b', 'c');
    await pass(parts, 120 * MINUTE_MS, 10_000);
    expect(await stateOf(parts, bad?.delivery.id ?? 0)).toMatchObject({ state: 'owed' });
    parts.react = () => 202;
    await pass(parts, 6 * MINUTE_MS, 1000);
    expect(parts.spool.bytes).toBe(0);
  });

  it('of unknown outcome is dead after three', async () => {
    const parts = await started(new FanOutParts());
    parts.react = (_host, guid) => (guid === 'bad' ? 500 : 202);
    const [bad] = await owe(parts, 'bad', 'b', 'c');
    await pass(parts, 2 * MINUTE_MS);
    expect(await stateOf(parts, bad?.delivery.id ?? 0)).toMatchObject({ state: 'dead', attemptCount: 3 });
    expect(parts.sentTo('a')).toEqual(expect.arrayContaining(['b', 'c']));
  });
});

describe('age', () => {
  it('ends what is owed', async () => {
    const parts = await started(new FanOutParts());
    parts.react = () => 'no connection';
    const [old] = await owe(parts, 'old');
    await pass(parts, 73 * 60 * MINUTE_MS, 5 * MINUTE_MS);
    expect(await stateOf(parts, old?.delivery.id ?? 0)).toMatchObject({
      state: 'dead',
      reason: 'older than SPRAYPROXY_RETRY_MAX_AGE',
    });
  });

  it('counts from when somebody wanted it sent again', async () => {
    const parts = await started(new FanOutParts());
    parts.react = () => 'no connection';
    const [old] = await owe(parts, 'old');
    const id = old?.delivery.id ?? 0;
    await pass(parts, 73 * 60 * MINUTE_MS, 5 * MINUTE_MS);
    parts.react = () => 503;
    const before = parts.sentTo('a').length;
    await parts.spool.revive(id, ['http://a'], ['dead'], parts.clock.now());
    await pass(parts, 5 * MINUTE_MS);
    expect(parts.sentTo('a').length).toBeGreaterThan(before + 1);
    expect(await stateOf(parts, id)).toMatchObject({ state: 'owed' });
    await pass(parts, 73 * 60 * MINUTE_MS, 5 * MINUTE_MS);
    expect(await stateOf(parts, id)).toMatchObject({ state: 'dead' });
  });

  it('is not believed of a clock that is set ahead for a while', async () => {
    const parts = await started(new FanOutParts());
    parts.react = () => 503;
    const [owed] = await owe(parts, 'owed');
    await pass(parts, 5 * MINUTE_MS);
    parts.clock.set(80 * 60 * MINUTE_MS);
    await pass(parts, 50_000);
    parts.clock.set(-80 * 60 * MINUTE_MS);
    await pass(parts, 10 * MINUTE_MS);
    expect(await stateOf(parts, owed?.delivery.id ?? 0)).toMatchObject({ state: 'owed' });
  });

  it('does not keep anybody from sending it out of turn', async () => {
    const parts = await started(new FanOutParts());
    parts.react = () => 'no connection';
    const [old] = await owe(parts, 'old');
    await pass(parts, 73 * 60 * MINUTE_MS, 5 * MINUTE_MS);
    parts.react = () => 202;
    if (old === undefined) throw new Error('nothing stored');
    const { payload, room } = parts.delivery('old');
    await parts.lanes.of(parts.backend()).sendNow(old, { payload, room }, MISSING_STATES).over();
    expect(parts.spool.bytes).toBe(0);
  });
});

describe('attempts at once', () => {
  const env = { SPRAYPROXY_FORWARDING_CONCURRENCY: '2' };

  it('are bounded: beyond, a webhook is kept', async () => {
    const parts = await started(new FanOutParts({ env }));
    const waiting: ((status: number) => void)[] = [];
    parts.react = () => new Promise((resolve) => waiting.push(resolve));
    const reports = ['1', '2', '3'].map((guid) => parts.fanOut.deliver(parts.delivery(guid)));
    await expect(reports[2]).resolves.toMatchObject({ kind: 'kept', owed: [{ host: 'a' }] });
    expect(parts.sentTo('a')).toEqual(['1', '2']);
    for (const answer of waiting) answer(202);
    await settle();
    expect(parts.sentTo('a')).toEqual(['1', '2', '3']);
  });

  it('are bounded: beyond, a webhook waits its turn without a spool', async () => {
    const parts = await started(new FanOutParts({ env, spool: new NoSpool() }));
    const waiting: ((status: number) => void)[] = [];
    parts.react = () => new Promise((resolve) => waiting.push(resolve));
    const reports = ['1', '2', '3'].map((guid) => parts.fanOut.deliver(parts.delivery(guid)));
    await settle();
    expect(parts.sentTo('a')).toEqual(['1', '2']);
    waiting[0]?.(202);
    await settle();
    expect(parts.sentTo('a')).toEqual(['1', '2', '3']);
    for (const answer of waiting) answer(202);
    for (const report of reports) await expect(report).resolves.toMatchObject({ kind: 'served' });
  });

  it('are bounded: whose turn does not come in time is refused', async () => {
    const parts = await started(new FanOutParts({ env, spool: new NoSpool() }));
    parts.react = () => new Promise(() => undefined);
    const [, , third] = ['1', '2', '3'].map((guid) => parts.fanOut.deliver(parts.delivery(guid)));
    await settle();
    parts.clock.pass(15_000);
    await expect(third).resolves.toMatchObject({ kind: 'failed', attempts: [{ outcome: 'refused' }] });
  });
});

describe('a backend that is registered again', () => {
  it('is sent nothing twice that was running', async () => {
    const parts = await started(
      new FanOutParts({ hosts: ['a'], env: { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' } }),
    );
    let answer: (status: number) => void = () => undefined;
    parts.react = () => new Promise((resolve) => (answer = resolve));
    await owe(parts, '1');
    await settle();
    const { backend } = { backend: parts.backend() };
    await parts.registry.unregister(backend.key);
    await parts.registry.register(backend);
    parts.lanes.of(backend).wake();
    await settle();
    expect(parts.sentTo('a')).toEqual(['1']);
    answer(202);
    await settle();
    expect(parts.sentTo('a')).toEqual(['1']);
    expect(parts.spool.bytes).toBe(0);
  });

  it('gives up what a removed one was owed', async () => {
    const parts = await started(new FanOutParts());
    parts.react = () => 'no connection';
    const [owed] = await owe(parts, '1');
    await settle();
    await parts.registry.unregister(parts.backend().key);
    await settle();
    expect(await stateOf(parts, owed?.delivery.id ?? 0)).toMatchObject({
      state: 'dead',
      reason: 'the backend is no longer registered',
    });
  });
});

describe('what is being attempted by another process', () => {
  async function claimed() {
    const store = new MemoryStore();
    const other = new MemorySpool({ store });
    const parts = new FanOutParts({ spool: new MemorySpool({ store }) });
    const [owed] = await owe(parts, '1');
    const id = owed?.delivery.id ?? 0;
    await other.claim(id, parts.backend().key, 1);
    return { other, parts, id };
  }

  it('is left alone', async () => {
    const { parts } = await claimed();
    await started(parts);
    await pass(parts, MINUTE_MS);
    expect(parts.sent).toEqual([]);
  });

  it('is tried again when that is gone, as one of unknown outcome', async () => {
    const { other, parts, id } = await claimed();
    await other.close();
    parts.react = () => 'no connection';
    await started(parts);
    await settle();
    expect(parts.sentTo('a')).toEqual(['1']);
    expect(await stateOf(parts, id)).toMatchObject({
      state: 'owed',
      unknownCount: 1,
      attempts: [{ outcome: 'unknown' }, { outcome: 'refused' }],
    });
  });
});

it('what cannot be written is tried until it is', async () => {
  const spool = new MemorySpool();
  const parts = await started(new FanOutParts({ spool }));
  parts.react = () => 202;
  await owe(parts, '1');
  spool.failing = true;
  await settle();
  await pass(parts, 3000);
  spool.failing = false;
  await pass(parts, 3000);
  expect(parts.spool.bytes).toBe(0);
});

describe('what is owed is found again', () => {
  it('where another process owes it and it is not counted yet', async () => {
    const spool = new MemorySpool();
    const parts = await started(new FanOutParts({ spool, env: { SPRAYPROXY_DRAIN_CONCURRENCY: '1' } }));
    spool.counts = () => new KeptCounts();
    await owe(parts, 'one', 'two', 'three');
    await settle();
    expect(parts.sentTo('a')).toEqual(['one', 'two', 'three']);
  });

  const env = { SPRAYPROXY_DRAIN_CONCURRENCY: '2' };

  /** Answers, by GUID, what is let wait. */
  function gated(parts: FanOutParts): Map<string, (status: number) => void> {
    const answers = new Map<string, (status: number) => void>();
    parts.react = (_host, guid) => new Promise((resolve) => answers.set(guid, resolve));
    return answers;
  }

  it('by itself, where it was passed over while its webhook was still being sent', async () => {
    const parts = await started(new FanOutParts({ env }));
    const answers = gated(parts);
    const report = parts.fanOut.deliver(parts.delivery('slow'));
    await settle();
    parts.clock.pass(8000);
    await expect(report).resolves.toMatchObject({ kind: 'kept' });
    await owe(parts, 'later');
    await settle();
    answers.get('slow')?.(503);
    await settle();
    parts.react = () => 202;
    answers.get('later')?.(202);
    await pass(parts, MINUTE_MS);
    expect(parts.sentTo('a')).toEqual(['slow', 'later', 'slow']);
    expect(parts.spool.bytes).toBe(0);
  });

  it('where it came to be owed while something later was being read', async () => {
    const spool = new MemorySpool();
    const parts = await started(new FanOutParts({ spool, env: { SPRAYPROXY_DRAIN_CONCURRENCY: '1' } }));
    const { key } = parts.backend();
    const [earlier] = await owe(parts, 'earlier');
    const { id } = (earlier as StoredDelivery).delivery;
    parts.react = () => 500;
    await pass(parts, MINUTE_MS);
    expect(await stateOf(parts, id)).toMatchObject({ state: 'dead' });

    parts.react = () => 202;
    const { owedTo } = spool;
    spool.owedTo = async (...range) => {
      const read = await owedTo(...range);
      if (range[2] === 0 && read.length === 1) await settle();
      return read;
    };
    await owe(parts, 'later');
    await spool.revive(id, [key], ['dead']);
    await pass(parts, MINUTE_MS);
    expect(parts.spool.bytes).toBe(0);
  });

  it('where nothing came of the attempt that was in its way', async () => {
    const spool = new MemorySpool();
    const parts = await started(new FanOutParts({ spool, env: { SPRAYPROXY_DRAIN_CONCURRENCY: '1' } }));
    let read: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (read = resolve));
    const payload = spool.payload.bind(spool);
    spool.payload = async (id) => {
      await gate;
      return payload(id);
    };
    const answers = gated(parts);
    const webhook = parts.fanOut.deliver(parts.delivery('webhook'));
    await settle();
    const [discarded] = await owe(parts, 'discarded', 'next');
    await settle();
    answers.get('webhook')?.(202);
    await expect(webhook).resolves.toMatchObject({ kind: 'served' });
    await settle();
    // The first waits for its payload; meanwhile all is looked through once more.
    parts.lanes.of(parts.backend()).wake(0);
    await settle();
    await spool.discard((discarded as StoredDelivery).delivery.id);
    parts.react = () => 202;
    read();
    await pass(parts, MINUTE_MS);
    expect(parts.sentTo('a')).toEqual(['webhook', 'next']);
  });
});

describe('a fault of this program', () => {
  const dead = {
    state: 'dead',
    attempts: [{ outcome: 'unknown', error: expect.stringContaining('no luck') as string }],
  };

  it.each<[string, (parts: FanOutParts) => void]>([
    [
      'while the request is made',
      (parts) => {
        jest.spyOn(Signer.prototype, 'headersOf').mockImplementationOnce(() => {
          throw new Error('no luck');
        });
        parts.react = () => 202;
      },
    ],
    [
      'while it is sent',
      (parts) => {
        parts.react = (_host, guid) => (guid === '1' ? Promise.reject(new Error('no luck')) : 202);
      },
    ],
  ])('%s settles what it had claimed, and holds up nobody', async (_when, goWrong) => {
    const parts = new FanOutParts();
    const [first, second] = (await owe(parts, '1', '2')) as [StoredDelivery, StoredDelivery];
    goWrong(parts);
    await started(parts);
    await pass(parts, MINUTE_MS);
    expect(await stateOf(parts, first.delivery.id)).toMatchObject(dead);
    expect(await parts.spool.get(second.delivery.id)).toBeUndefined();
    expect(parts.lanes.of(parts.backend()).health.running).toBe(0);
    expect(await parts.spool.abandoned()).toEqual([]);
  });

  it('without a spool is a failure at that backend alone', async () => {
    const parts = new FanOutParts({ hosts: ['a', 'b'], spool: new NoSpool() });
    parts.react = (host) => (host === 'a' ? Promise.reject(new Error('no luck')) : 202);
    await expect(parts.fanOut.deliver(parts.delivery('1'))).resolves.toMatchObject({
      kind: 'failed',
      attempts: [{ outcome: 'unknown' }, { outcome: 'accepted' }],
      owed: [{ host: 'a' }],
    });
  });
});

describe('a rate for what is owed', () => {
  const RATE = { SPRAYPROXY_DRAIN_RATE: '20' };

  it('spreads it evenly, however fast the backend answers', async () => {
    const parts = new FanOutParts({ env: RATE });
    parts.react = () => 202;
    await owe(parts, ...Array.from({ length: 100 }, (_, n) => String(n)));
    await started(parts);
    for (let second = 1; second <= 4; second += 1) {
      await pass(parts, 1000, 10);
      expect(Math.abs(parts.sent.length - 20 * second)).toBeLessThanOrEqual(1);
    }
  });

  it('does not slow down a webhook that comes in meanwhile', async () => {
    const parts = new FanOutParts({ env: RATE });
    parts.react = () => 202;
    await owe(parts, ...Array.from({ length: 100 }, (_, n) => String(n)));
    await started(parts);
    await pass(parts, 500, 10);
    for (let n = 0; n < 50; n += 1) {
      await expect(parts.fanOut.deliver(parts.delivery(`new ${n}`))).resolves.toMatchObject({
        kind: 'served',
      });
    }
    expect(parts.sent.filter(({ guid }) => guid.startsWith('new'))).toHaveLength(50);
    expect(parts.spool.counts().get(parts.backend().key)?.owed).toBeGreaterThan(80);
  });

  it('has a webhook wait once the backend is down, and no sooner', async () => {
    const parts = await started(new FanOutParts({ env: RATE }));
    parts.react = () => 503;
    for (let n = 1; n <= DOWN_AFTER + 2; n += 1) {
      await expect(parts.fanOut.deliver(parts.delivery(String(n)))).resolves.toMatchObject({ kind: 'kept' });
    }
    expect(new Set(parts.sentTo('a'))).toEqual(new Set(['1', '2', '3', '4', '5']));
  });

  it('begins with one after a failure, as without', async () => {
    const parts = new FanOutParts({ env: RATE });
    parts.react = () => 503;
    await owe(parts, ...Array.from({ length: 100 }, (_, n) => String(n)));
    await started(parts);
    await pass(parts, 500, 10);
    expect(parts.sent).toHaveLength(1);
  });
});

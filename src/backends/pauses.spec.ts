import { captureLog } from '../../test/support/captured-log.js';
import { settle } from '../../test/support/fan-out-parts.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { MemorySpool, MemoryStore } from '../../test/support/memory-spool.js';
import { PAUSES_NOTE } from '../model/pause.js';
import { Pauses } from './pauses.js';

const [A, B] = ['http://a', 'http://b'];
const HOUR_MS = 3_600_000;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** What one process knows, as after its start. */
async function started({ store = new MemoryStore(), clock = new FakeClock() } = {}) {
  const spool = new MemorySpool({ store });
  const log = captureLog();
  const pauses = new Pauses(spool, clock, log.logger);
  stops.push(() => {
    pauses.onApplicationShutdown();
  });
  const ended: string[] = [];
  pauses.on('ended', (key) => ended.push(key));
  await pauses.onModuleInit();
  return { store, clock, spool, pauses, ended, log };
}

describe('a backend that is paused', () => {
  it('is so for whoever shares the spool, and for whoever starts later', async () => {
    const one = await started();
    const other = await started(one);
    const pause = await one.pauses.pause(A, { reason: 'upgrade', user: 'me' });
    expect(pause).toEqual({ since: one.clock.now(), reason: 'upgrade', user: 'me' });
    await settle();
    const later = await started(one);
    for (const { pauses } of [one, other, later]) {
      expect(pauses.get(A)).toEqual(pause);
      expect([pauses.holds(A), pauses.holds(B)]).toEqual([true, false]);
      expect(pauses.list()).toEqual(new Map([[A, pause]]));
    }
  });

  it('stays paused since the first time when that is changed', async () => {
    const { pauses, clock } = await started();
    const { since } = await pauses.pause(A, { until: clock.now() + HOUR_MS, reason: 'upgrade' });
    clock.pass(1000);
    expect(await pauses.pause(A, { reason: 'longer' })).toEqual({ since, reason: 'longer' });
    clock.pass(HOUR_MS);
    expect(pauses.get(A)).toEqual({ since, reason: 'longer' });
  });

  it('may be one of many that are paused at once, by several', async () => {
    const one = await started();
    const other = await started(one);
    const keys = Array.from({ length: 10 }, (_, n) => `http://${n}`);
    await Promise.all(keys.map((key, n) => (n % 2 === 0 ? one : other).pauses.pause(key, {})));
    await settle();
    for (const { pauses } of [one, other]) expect([...pauses.list().keys()].sort()).toEqual(keys);
  });

  it('is left alone by who forgets old notes', async () => {
    const { pauses, spool, clock } = await started();
    await pauses.pause(A, {});
    await spool.forgetNotes(clock.now() + 1000 * HOUR_MS);
    expect((await spool.noted([PAUSES_NOTE])).size).toBe(1);
  });
});

describe('a pause', () => {
  it('ends when somebody ends it, for all, and once', async () => {
    const one = await started();
    const other = await started(one);
    const pause = await one.pauses.pause(A, {});
    await settle();
    expect(await other.pauses.end(A)).toEqual(pause);
    await settle();
    expect(await one.pauses.end(A)).toBeUndefined();
    for (const { pauses, ended } of [one, other]) {
      expect([pauses.get(A), pauses.holds(A), ended]).toEqual([undefined, false, [A]]);
    }
  });

  it.each([
    ['not a millisecond before its time', HOUR_MS - 1, true],
    ['at its time', HOUR_MS, false],
  ])('ends by itself, %s', async (_when, ms, lasts) => {
    const { pauses, clock, ended, log } = await started();
    await pauses.pause(A, { until: clock.now() + HOUR_MS });
    await pauses.pause(B, {});
    clock.pass(ms);
    expect([pauses.holds(A), pauses.get(A) !== undefined, pauses.list().has(A)]).toEqual([
      lasts,
      lasts,
      lasts,
    ]);
    expect(ended).toEqual(lasts ? [] : [A]);
    expect(log.text().includes('the pause of a backend is over')).toBe(!lasts);
    expect(pauses.holds(B)).toBe(true);
  });

  it('ends at its time too where the clock was set forward', async () => {
    const { pauses, clock, ended } = await started();
    await pauses.pause(A, { until: clock.now() + HOUR_MS });
    clock.set(HOUR_MS);
    expect(pauses.holds(A)).toBe(false);
    clock.pass(60_000);
    expect(ended).toEqual([A]);
  });

  it('that is over when the program starts is none', async () => {
    const { pauses, store, clock } = await started();
    await pauses.pause(A, { until: clock.now() + HOUR_MS });
    clock.pass(HOUR_MS);
    expect((await started({ store, clock })).pauses.list().size).toBe(0);
  });

  it('goes with a backend that nobody has any more, and stays where another has it', async () => {
    const { pauses, store, clock } = await started();
    await pauses.pause(A, {});
    const other = new MemorySpool({ store });
    other.announce([A]);
    await pauses.endUnwanted(A);
    expect(pauses.get(A)).toBeDefined();
    await other.close();
    await pauses.endUnwanted(A);
    expect((await started({ store, clock })).pauses.get(A)).toBeUndefined();
  });
});

describe('while the spool is away', () => {
  it('what was read last counts; when it is back, nothing is sent before it is read again', async () => {
    const one = await started();
    const other = await started(one);
    await one.pauses.pause(A, {});
    await settle();
    one.spool.failing = true;
    expect([one.pauses.holds(A), one.pauses.holds(B)]).toEqual([true, false]);
    await expect(one.pauses.pause(B, {})).rejects.toMatchObject({ code: 'spool-failed' });
    await other.pauses.pause(B, {});
    await other.pauses.end(A);
    await settle();

    const known = new Promise<void>((resolve) => one.pauses.once('known', resolve));
    one.spool.failing = false;
    expect([one.pauses.holds(A), one.pauses.holds(B), one.pauses.holds('http://c')]).toEqual([
      true,
      true,
      true,
    ]);
    await known;
    expect([one.pauses.holds(A), one.pauses.holds(B), one.pauses.holds('http://c')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('holds everything until it was read after it was lost last', async () => {
    const { pauses, spool } = await started();
    const reads: (() => void)[] = [];
    const { noted } = spool;
    spool.noted = async (names) => {
      await new Promise<void>((resolve) => reads.push(resolve));
      return noted(names);
    };
    for (const failing of [true, false]) spool.failing = failing;
    await settle();
    for (const failing of [true, false]) spool.failing = failing;
    reads.shift()?.();
    await settle();
    expect([pauses.holds(A), reads.length]).toEqual([true, 1]);
    reads.shift()?.();
    await settle();
    expect(pauses.holds(A)).toBe(false);
  });

  it('that cannot be read though it is there is read again', async () => {
    const { pauses, spool, clock, log } = await started();
    await pauses.pause(A, {});
    const { noted } = spool;
    spool.noted = () => Promise.reject(new Error('not now'));
    spool.failing = true;
    spool.failing = false;
    await settle();
    expect(log.text()).toContain('cannot read which backends are paused; trying again');
    expect(pauses.holds(B)).toBe(true);
    spool.noted = noted;
    clock.pass(1000);
    await settle();
    expect([pauses.holds(A), pauses.holds(B)]).toEqual([true, false]);
  });
});

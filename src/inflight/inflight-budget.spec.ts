import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { type Gauge, type Histogram } from 'prom-client';

import { configFor } from '../../test/support/config-for.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { newGauge, newHistogram, samplesOf } from '../../test/support/unregistered-metrics.js';
import { InflightBudget, MAX_SMALL_BYTES, MAX_WAIT_MS, type Reservation } from './inflight-budget.js';

const ROOM = 10;

let gauge: Gauge;
let maxGauge: Gauge;
let waits: Histogram;
let clock: FakeClock;
let budget: InflightBudget;
/** What became of each reservation, in the order in which it did. */
let settled: string[];
let held: { reservation: Reservation; bytes: number }[];

beforeEach(() => {
  clock = new FakeClock();
  gauge = newGauge();
  maxGauge = newGauge();
  waits = newHistogram('result');
  budget = new InflightBudget(
    configFor({
      SPRAYPROXY_MAX_REQUEST_SIZE: String(ROOM),
      SPRAYPROXY_MAX_INFLIGHT_BYTES: String(ROOM),
    }),
    clock,
    gauge,
    maxGauge,
    waits,
  );
  settled = [];
  held = [];
});

const heldBytes = async () => (await samplesOf(gauge)).gauge;

/** Lets time pass, and whoever it concerns take notice. */
async function pass(ms: number): Promise<void> {
  clock.pass(ms);
  await turn();
}

/** What has become of the reservations by now. */
async function outcomes(): Promise<string[]> {
  await pass(0);
  return settled;
}

/** Gives back that many bytes of those given out, whoever holds them. */
async function giveBack(bytes: number): Promise<void> {
  await pass(0);
  let left = bytes;
  for (const each of held) {
    const given = Math.min(left, each.bytes);
    left -= given;
    each.bytes -= given;
    each.reservation.shrinkTo(each.bytes);
  }
  await pass(0);
}

/** Asks for room; returns the sender's way to hang up. */
function ask(name: string, bytes: number, hangUp = new AbortController()): AbortController {
  budget
    .reserve(bytes, () => hangUp.signal)
    .then(
      (reservation) => {
        settled.push(name);
        held.push({ reservation, bytes });
      },
      (error: unknown) => settled.push(`${name}: ${(error as { code: string }).code}`),
    );
  return hangUp;
}

describe('InflightBudget', () => {
  it.each([
    [0, ['a']],
    [ROOM - 1, ['a']],
    [ROOM, ['a']],
    [ROOM + 1, ['a']],
  ])(`of ${ROOM} bytes, asked for %d, admits %j, for all there is at most`, async (bytes, admitted) => {
    ask('a', bytes);
    await expect(outcomes()).resolves.toEqual(admitted);
    await expect(heldBytes()).resolves.toBe(Math.min(ROOM, bytes));
  });

  it.each([
    [5, ['a', 'b']],
    [6, ['a', 'b']],
    [7, ['a']],
  ])('with 4 of 10 bytes given out, asked for %d more, admits %j', async (bytes, admitted) => {
    ask('a', 4);
    ask('b', bytes);
    await expect(outcomes()).resolves.toEqual(admitted);
    await expect(heldBytes()).resolves.toBe(admitted.length === 2 ? 4 + bytes : 4);
  });

  it('asks for no signal unless somebody has to wait', async () => {
    const signal = jest.fn(() => new AbortController().signal);
    await budget.reserve(ROOM, signal);
    expect(signal).not.toHaveBeenCalled();
    void budget.reserve(1, signal);
    expect(signal).toHaveBeenCalledTimes(1);
  });

  it('takes back what is given back, in parts or whole', async () => {
    ask('a', ROOM);
    await giveBack(3);
    await expect(heldBytes()).resolves.toBe(7);
    await giveBack(7);
    await expect(heldBytes()).resolves.toBe(0);
    ask('b', ROOM);
    await expect(outcomes()).resolves.toEqual(['a', 'b']);
  });

  it('admits one that waits as soon as there is room for it, and not before', async () => {
    ask('a', ROOM);
    ask('b', 6);
    await giveBack(5);
    await expect(outcomes()).resolves.toEqual(['a']);
    await giveBack(1);
    await expect(outcomes()).resolves.toEqual(['a', 'b']);
    await expect(heldBytes()).resolves.toBe(ROOM);
  });

  it('admits those who wait in the order in which they came, as many as there is room for', async () => {
    ask('a', ROOM);
    for (const name of ['b', 'c', 'd', 'e']) ask(name, 5);
    await giveBack(ROOM);
    await expect(outcomes()).resolves.toEqual(['a', 'b', 'c']);
    await giveBack(5);
    await expect(outcomes()).resolves.toEqual(['a', 'b', 'c', 'd']);
    await expect(heldBytes()).resolves.toBe(ROOM);
  });

  it('lets no small one overtake a large one that waits', async () => {
    ask('a', 5);
    ask('large', ROOM);
    ask('small', 1);
    ask('empty', 0);
    await expect(outcomes()).resolves.toEqual(['a']);
    await giveBack(1);
    await expect(outcomes()).resolves.toEqual(['a']);
    await giveBack(4);
    await expect(outcomes()).resolves.toEqual(['a', 'large']);
    await giveBack(ROOM);
    await expect(outcomes()).resolves.toEqual(['a', 'large', 'small', 'empty']);
  });

  it('turns away one that has waited for 5 s, which then holds nothing', async () => {
    expect(MAX_WAIT_MS).toBe(5000);
    ask('a', ROOM);
    ask('b', 1);
    await pass(4999);
    expect(settled).toEqual(['a']);
    await pass(1);
    expect(settled).toEqual(['a', 'b: overload']);
    await expect(heldBytes()).resolves.toBe(ROOM);
    await giveBack(ROOM);
    await expect(heldBytes()).resolves.toBe(0);
  });

  it('counts the 5 s of each for itself', async () => {
    ask('a', ROOM);
    ask('b', 1);
    await pass(2000);
    ask('c', 1);
    await pass(3000);
    expect(settled).toEqual(['a', 'b: overload']);
    await pass(2000);
    expect(settled).toEqual(['a', 'b: overload', 'c: overload']);
  });

  it('forgets one whose sender has hung up', async () => {
    ask('a', ROOM);
    ask('b', 1).abort();
    await expect(outcomes()).resolves.toEqual(['a', 'b: payload-aborted']);
    await giveBack(ROOM);
    await expect(heldBytes()).resolves.toBe(0);
  });

  it('does not let one wait whose sender hung up before', async () => {
    const hangUp = new AbortController();
    hangUp.abort();
    ask('a', ROOM);
    ask('b', 1, hangUp);
    await expect(outcomes()).resolves.toEqual(['a', 'b: payload-aborted']);
  });

  it.each([
    ['hangs up', 'large: payload-aborted'],
    ['has waited too long', 'large: overload'],
  ])('lets in those behind one that %s', async (why, left) => {
    ask('a', 5);
    const hangUp = ask('large', ROOM);
    await pass(1000);
    ask('b', 3);
    ask('c', 2);
    ask('d', 1);
    await expect(outcomes()).resolves.toEqual(['a']);
    if (why === 'hangs up') hangUp.abort();
    else await pass(4000);
    expect((await outcomes()).toSorted()).toEqual(['a', left, 'b', 'c'].toSorted());
    await expect(heldBytes()).resolves.toBe(ROOM);
  });

  it('says how much room there is, and what came of every wait', async () => {
    await expect(samplesOf(maxGauge)).resolves.toEqual({ gauge: ROOM });
    ask('a', ROOM);
    ask('b', 1);
    ask('c', 1).abort();
    await giveBack(1);
    ask('d', 1);
    await pass(MAX_WAIT_MS);
    await expect(samplesOf(waits)).resolves.toMatchObject({
      'histogram_count{result="admitted"}': 1,
      'histogram_count{result="aborted"}': 1,
      'histogram_count{result="refused"}': 1,
      'histogram_sum{result="refused"}': MAX_WAIT_MS / 1000,
    });
  });

  it('leaves no timer and no listener to one that was admitted', async () => {
    ask('a', ROOM);
    const hangUp = ask('b', ROOM);
    await giveBack(ROOM);
    await expect(outcomes()).resolves.toEqual(['a', 'b']);
    expect(clock.awaited).toBe(false);
    expect(getEventListeners(hangUp.signal, 'abort')).toEqual([]);
  });
});

describe('with room for five large payloads', () => {
  const LARGE = 25 * MAX_SMALL_BYTES;
  const ALL = 128 * MAX_SMALL_BYTES;
  const KEPT = ALL / 8;

  beforeEach(() => {
    budget = new InflightBudget(
      configFor({
        SPRAYPROXY_MAX_REQUEST_SIZE: String(LARGE),
        SPRAYPROXY_MAX_INFLIGHT_BYTES: String(ALL),
      }),
      clock,
      gauge,
      maxGauge,
      waits,
    );
  });

  it('large ones leave an eighth of the room to small ones, which do not wait behind them', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) ask(name, LARGE);
    for (let n = 1; n <= KEPT / MAX_SMALL_BYTES; n += 1) ask(`small ${n}`, MAX_SMALL_BYTES);
    await expect(outcomes()).resolves.toEqual([
      ...['a', 'b', 'c', 'd'],
      ...Array.from({ length: 16 }, (_, n) => `small ${n + 1}`),
    ]);
  });

  it.each([
    ['small', MAX_SMALL_BYTES, 'admitted'],
    ['large', MAX_SMALL_BYTES + 1, 'left waiting'],
  ])('one byte decides what is %s', async (_size, bytes, what) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) ask(name, LARGE);
    ask('it', bytes);
    await pass(0);
    expect(settled.includes('it')).toBe(what === 'admitted');
  });

  it('small ones beyond that part wait their turn, and keep no large one out', async () => {
    ask('a', ALL - KEPT);
    ask('large', LARGE);
    for (let n = 1; n <= 18; n += 1) ask(`small ${n}`, MAX_SMALL_BYTES);
    expect((await outcomes()).length).toBe(1 + 16);
    await giveBack(LARGE);
    expect((await outcomes()).slice(17)).toEqual(['large']);
    await giveBack(2 * MAX_SMALL_BYTES);
    expect((await outcomes()).slice(17)).toEqual(['large', 'small 17', 'small 18']);
  });

  it('small ones have all the room while nobody waits for it', async () => {
    for (let n = 1; n <= 129; n += 1) ask(`small ${n}`, MAX_SMALL_BYTES);
    expect((await outcomes()).length).toBe(128);
  });
});

describe('a reservation', () => {
  it('gives its room back when the last who holds it lets go', async () => {
    const reservation = await budget.reserve(ROOM, () => new AbortController().signal);
    reservation.shrinkTo(4);
    reservation.retain();
    reservation.release();
    await expect(heldBytes()).resolves.toBe(4);
    reservation.release();
    await expect(heldBytes()).resolves.toBe(0);
  });
});

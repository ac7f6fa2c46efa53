import { captureLog } from '../../../test/support/captured-log.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { settle } from '../../../test/support/fan-out-parts.js';
import { newCounter, newGauge, samplesOf } from '../../../test/support/unregistered-metrics.js';
import { type MetricsServer } from '../../metrics/server.js';
import { Identity } from '../../model/identity.js';
import { type Recent } from '../../model/recent.js';
import { type Spool, type SpoolEvent } from '../../spool/spool.js';
import { GATHER_MS, Remembering } from './remembering.js';

const recent = (id: number, awaited = false): Recent => ({
  id,
  identity: Identity.ofRecord({ guid: `guid ${id}`, payloadDigest: 'digest' }),
  awaited,
});

/** A spool that takes its time, and fails when it is told to. */
class SlowSpool {
  readonly remembers = true;
  fault: string | undefined;
  /** Ids, a writing each. */
  readonly written: number[][] = [];
  readonly forgotten: number[] = [];
  answer: () => Promise<void> = () => Promise.resolve();
  tell: (event: SpoolEvent) => void = () => undefined;

  watch(listener: (event: SpoolEvent) => void): void {
    this.tell = listener;
  }

  async remember(recents: readonly Recent[]): Promise<void> {
    await this.answer();
    this.written.push(recents.map(({ id }) => id));
  }

  forget(ids: readonly number[]): Promise<void> {
    this.forgotten.push(...ids);
    return Promise.resolve();
  }
}

let clock: FakeClock;
let spool: SlowSpool;
const dropped = newCounter();
let remembering: Remembering;
let told: Recent[];

beforeEach(() => {
  clock = new FakeClock();
  spool = new SlowSpool();
  dropped.reset();
  const metricsServer = { beforeScrape: () => undefined } as unknown as MetricsServer;
  remembering = new Remembering(
    spool as unknown as Spool,
    clock,
    captureLog().logger,
    metricsServer,
    newGauge(),
    dropped,
  );
  told = [];
  remembering.onWritten = (each) => told.push(each);
});

async function pass(ms: number): Promise<void> {
  clock.pass(ms);
  await settle();
}

it('gathers for a while what it writes at once', async () => {
  remembering.add(recent(1));
  await pass(GATHER_MS - 1);
  remembering.add(recent(2));
  expect(spool.written).toEqual([]);
  await pass(1);
  expect(spool.written).toEqual([[1, 2]]);
  expect(told.map(({ id }) => id)).toEqual([1, 2]);
});

it('gathers anew what comes while it writes', async () => {
  let written: () => void = () => undefined;
  spool.answer = () => new Promise((resolve) => (written = resolve));
  remembering.add(recent(1));
  await pass(GATHER_MS);
  remembering.add(recent(2));
  written();
  await settle();
  expect(spool.written).toEqual([[1]]);
  await pass(GATHER_MS);
  written();
  await settle();
  expect(spool.written).toEqual([[1], [2]]);
});

it('writes what was known last of a delivery, also where that is that it is to be forgotten', async () => {
  remembering.add(recent(1, true));
  remembering.add(recent(1, false));
  remembering.add(recent(2));
  remembering.forget(2);
  await pass(GATHER_MS);
  expect(told).toEqual([recent(1, false)]);
  expect(spool.forgotten).toEqual([2]);
});

it('tries again what could not be written', async () => {
  spool.answer = () => Promise.reject(new Error('no'));
  remembering.add(recent(1));
  await pass(GATHER_MS);
  spool.answer = () => Promise.resolve();
  await pass(1000);
  expect(spool.written).toEqual([[1]]);
});

it('waits for a spool that is away', async () => {
  spool.fault = 'away';
  remembering.add(recent(1));
  await pass(60_000);
  expect(spool.written).toEqual([]);
  spool.fault = undefined;
  spool.tell({ kind: 'found' });
  await pass(0);
  expect(spool.written).toEqual([[1]]);
});

it('counts what there was no room to wait for, and nothing that is kept by now', async () => {
  remembering.add(recent(1));
  remembering.add(recent(2));
  remembering.drop(1, 'no room');
  remembering.drop(2, 'kept');
  remembering.drop(3, 'no room');
  await pass(GATHER_MS);
  expect(spool.written).toEqual([]);
  expect(await samplesOf(dropped)).toEqual({ counter: 1 });
});

it('writes all there is when it is told to', async () => {
  for (let id = 1; id <= 1001; id += 1) remembering.add(recent(id));
  await remembering.flush();
  expect(spool.written.map(({ length }) => length)).toEqual([500, 500, 1]);
});

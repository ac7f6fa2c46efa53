import { configFor } from '../../test/support/config-for.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { newGauge, newHistogram, samplesOf } from '../../test/support/unregistered-metrics.js';
import { type Gauge } from 'prom-client';
import { ArrivingBodies } from './arriving-bodies.js';
import { type ArrivingBody, STEP_BYTES } from './arriving-body.js';
import { InflightBudget } from './inflight-budget.js';

const MIB = 1024 * 1024;
/** Room for as many steps, and for one payload of half of that. */
const STEPS = 16;

let clock: FakeClock;
let budget: InflightBudget;
let bodies: ArrivingBodies;
let held: Gauge;
let ended: string[];

beforeEach(() => {
  clock = new FakeClock();
  held = newGauge();
  const config = configFor({
    SPRAYPROXY_MAX_REQUEST_SIZE: String((STEPS / 2) * STEP_BYTES),
    SPRAYPROXY_MAX_INFLIGHT_BYTES: String(STEPS * STEP_BYTES),
  });
  budget = new InflightBudget(config, clock, held, newGauge(), newHistogram('result'));
  bodies = new ArrivingBodies(config, budget, clock);
  ended = [];
});

function open(name: string, neededBytes: number): ArrivingBody {
  const body = bodies.open(neededBytes, ({ code }) => {
    ended.push(`${name}: ${code}`);
    bodies.close(body);
  });
  return body;
}

/** So much of it comes; `false`: there is no room. */
function bring(body: ArrivingBody, bytes: number): boolean {
  if (!body.grow(body.pace.bytes + bytes)) return false;
  body.pace.arrived(bytes);
  return true;
}

const heldBytes = async () => (await samplesOf(held)).gauge;

it('takes room in steps as bytes come, and no more than is needed', async () => {
  const body = open('a', 2 * STEP_BYTES + 1);
  await expect(heldBytes()).resolves.toBe(0);
  for (const [bytes, room] of [
    [1, STEP_BYTES],
    [STEP_BYTES - 1, STEP_BYTES],
    [1, 2 * STEP_BYTES],
    [STEP_BYTES, 2 * STEP_BYTES + 1],
  ] as const) {
    expect(bring(body, bytes)).toBe(true);
    await expect(heldBytes()).resolves.toBe(room);
  }
});

it('ends one that pauses for 2 s, and not one that is held back from this side', () => {
  const [slow, waiting] = [open('slow', MIB), open('waiting', MIB)];
  bring(slow, 1);
  bring(waiting, 1);
  waiting.pace.holdBack(clock.monotonic());
  clock.pass(1900);
  expect(ended).toEqual([]);
  clock.pass(200);
  expect(ended).toEqual(['slow: payload-timeout']);
});

it('the slowest give way first, and no more of them than are needed', () => {
  const all = Array.from({ length: STEPS }, (_, n) => open(`${n}`, 40_000));
  for (const [n, body] of all.entries()) bring(body, 1000 + 100 * ((n + 5) % STEPS));
  clock.pass(1000);
  expect(ended).toEqual([]);
  const newcomers = [open('new', STEP_BYTES), open('another', STEP_BYTES)];
  let admitted = 0;
  for (const body of newcomers) {
    if (bring(body, STEP_BYTES)) admitted += 1;
    else body.awaitRoom(STEP_BYTES, clock.monotonic(), () => (admitted += 1));
  }
  clock.pass(200);
  expect(admitted).toBe(2);
  for (const end of ended) expect(end).toMatch(/^\d+: overload$/);
});

it('one that is not slow does not give way', () => {
  const hasty = open('hasty', (STEPS / 2) * STEP_BYTES);
  const slow = open('slow', (STEPS / 2) * STEP_BYTES);
  bring(hasty, STEP_BYTES);
  bring(slow, 1);
  for (let ms = 0; ms < 500; ms += 50) {
    clock.pass(50);
    bring(hasty, STEP_BYTES / 4);
  }
  const rest = open('other', (STEPS / 2) * STEP_BYTES);
  if (!bring(rest, 2 * STEP_BYTES)) rest.awaitRoom(2 * STEP_BYTES, clock.monotonic(), () => undefined);
  clock.pass(100);
  expect(ended).not.toContain('hasty: overload');
});

it('where all wait for each other, the first to begin goes on, and who came late gives way', () => {
  const needed = (STEPS / 2) * STEP_BYTES;
  const all = Array.from({ length: STEPS }, (_, n) => open(`${n}`, needed));
  const took = all.filter((body) => bring(body, STEP_BYTES));
  const wentOn: number[] = [];
  for (const [n, body] of took.entries()) {
    body.pace.holdBack(clock.monotonic());
    body.awaitRoom(2 * STEP_BYTES, clock.monotonic(), () => wentOn.push(n));
  }
  clock.pass(200);
  expect(wentOn).toContain(0);
  expect(ended[0]).toBe(`${took.length - 1}: overload`);
  expect(ended).not.toContain('0: overload');
});

it('one that is held up by our being busy is not judged by whoever comes to want its room', () => {
  const body = open('whole on the wire', (STEPS / 2) * STEP_BYTES);
  bring(body, 1);
  for (let n = 0; n < STEPS - 1; n += 1) budget.speakFor(STEP_BYTES, true);
  // No timer gets its turn meanwhile.
  const late = clock.monotonic.bind(clock);
  jest.spyOn(clock, 'monotonic').mockImplementation(() => late() + 400);
  const newcomer = open('new', STEP_BYTES);
  if (!bring(newcomer, 2 * STEP_BYTES)) newcomer.awaitRoom(STEP_BYTES, clock.monotonic(), () => undefined);
  expect(ended).toEqual([]);
});

it('looks no more when nothing is on its way', () => {
  bodies.close(open('a', 1));
  clock.pass(1000);
  expect(clock.awaited).toBe(false);
});

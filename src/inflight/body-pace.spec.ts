import {
  BodyPace,
  JUDGED_AFTER_MS,
  MAX_PAUSE_MS,
  MIN_BYTES_PER_SECOND,
  PACE_WINDOW_MS,
} from './body-pace.js';

const MAX_MS = 60_000;
let pace: BodyPace;

beforeEach(() => {
  pace = new BodyPace(0, MAX_MS);
});

/** One that brings so many bytes a second, looked at every second, until it is over. */
function overdueAt(bytesPerSecond: number, untilMs = MAX_MS - 1): number | undefined {
  for (let now = 1000; now <= untilMs; now += 1000) {
    pace.arrived(bytesPerSecond);
    if (pace.overdue(now) !== undefined) return now;
  }
  return undefined;
}

describe('BodyPace', () => {
  it.each([
    [MAX_PAUSE_MS - 1, undefined],
    [MAX_PAUSE_MS, 'no byte came for 2000 ms, after 10 bytes'],
    [MAX_PAUSE_MS + 1, 'no byte came for 2000 ms, after 10 bytes'],
  ])('lets a sender pause for less than 2 s: after %d ms, %j', (ms, why) => {
    pace.arrived(10);
    pace.look(100);
    expect(pace.overdue(100 + ms)).toBe(why);
  });

  it.each([
    [MIN_BYTES_PER_SECOND - 10, PACE_WINDOW_MS],
    [MIN_BYTES_PER_SECOND, undefined],
    [MIN_BYTES_PER_SECOND + 10, undefined],
  ])('is over for %d bytes a second after %j ms', (bytesPerSecond, at) => {
    expect(overdueAt(bytesPerSecond)).toBe(at);
  });

  it('judges every 5 s by themselves', () => {
    pace.arrived(10 * MIN_BYTES_PER_SECOND);
    expect(overdueAt(10)).toBe(2 * PACE_WINDOW_MS);
  });

  it.each([
    [MAX_MS - 1, undefined],
    [MAX_MS, `${MAX_MS * 20} bytes arrived within ${MAX_MS} ms`],
  ])('is over after all the time it has, however fast: at %d ms, %j', (ms, why) => {
    pace.arrived(MAX_MS * 20);
    for (let now = 1000; now < MAX_MS; now += 1000) {
      pace.arrived(0);
      pace.look(now);
    }
    const fast = new BodyPace(0, MAX_MS);
    fast.arrived(MAX_MS * 20);
    fast.look(ms - 1);
    expect(fast.overdue(ms)).toBe(why);
  });

  it('does not count the time in which it is held back', () => {
    pace.arrived(10);
    pace.look(100);
    pace.holdBack(200);
    expect(pace.overdue(MAX_MS * 2)).toBeUndefined();
    pace.goOn(MAX_MS * 2);
    expect(pace.heldBackMs(MAX_MS * 2)).toBe(MAX_MS * 2 - 200);
    expect(pace.overdue(MAX_MS * 2 + MAX_PAUSE_MS - 1)).toBeUndefined();
    expect(pace.overdue(MAX_MS * 2 + MAX_PAUSE_MS)).toMatch(/^no byte came/);
  });

  it.each([
    ['that has just begun', 1, 0, JUDGED_AFTER_MS - 1, false],
    ['that dribbles', 1, 0, JUDGED_AFTER_MS, true],
    ['that has brought much and pauses', 10_000_000, 0, JUDGED_AFTER_MS, true],
    ['that brings much', 10_000_000, JUDGED_AFTER_MS, JUDGED_AFTER_MS + 1, false],
  ])('of one %s, says whether it has to give way', (_what, bytes, seenAt, now, slow) => {
    pace.arrived(bytes);
    pace.look(seenAt);
    expect(pace.isSlow(now)).toBe(slow);
  });
});

import { captureLog } from '../../test/support/captured-log.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { MAX_LINES_PER_SECOND, OutsidersLog } from './outsiders-log.js';

let clock: FakeClock;
let written: ReturnType<typeof captureLog>;
let log: OutsidersLog;

beforeEach(() => {
  clock = new FakeClock();
  written = captureLog();
  log = new OutsidersLog(written.logger, clock);
});

const messages = () => written.lines().map(({ msg }) => msg);
const say = (times: number, message = 'rejected', reason = 'signature') => {
  for (let n = 1; n <= times; n += 1) log.warn({ n, reason }, message);
};

describe('OutsidersLog', () => {
  it.each([
    [MAX_LINES_PER_SECOND - 1, 9, undefined],
    [MAX_LINES_PER_SECOND, 10, undefined],
    [MAX_LINES_PER_SECOND + 1, 10, 1],
    [MAX_LINES_PER_SECOND + 4321, 10, 4321],
  ])('of %d lines of one kind in a second, writes %d and then counts %j', (times, lines, more) => {
    say(times);
    expect(messages()).toEqual(Array<string>(lines).fill('rejected'));
    expect(written.lines().map(({ n }) => n)).toEqual(Array.from({ length: lines }, (_, n) => n + 1));
    clock.pass(999);
    expect(messages()).toHaveLength(lines);
    clock.pass(1);
    const counted = written.lines().slice(lines);
    expect(counted).toMatchObject(more === undefined ? [] : [{ level: 'warn', reason: 'signature', more }]);
  });

  it('says the count in the words of the line', () => {
    say(MAX_LINES_PER_SECOND + 4321);
    clock.pass(1000);
    expect(messages().at(-1)).toBe('rejected … and 4,321 more');
  });

  it('writes ten more in the next second, and counts again', () => {
    for (let second = 1; second <= 3; second += 1) {
      say(12);
      clock.pass(1000);
      expect(written.lines()).toHaveLength(second * 11);
      expect(written.lines().at(-1)).toMatchObject({ more: 2 });
    }
  });

  it.each([
    [
      'message',
      () => {
        log.warn({ reason: 'signature' }, 'another');
      },
    ],
    [
      'reason',
      () => {
        log.warn({ reason: 'size' }, 'rejected');
      },
    ],
    [
      'level',
      () => {
        log.error({ reason: 'signature' }, 'rejected');
      },
    ],
  ])('keeps no line from being written by lines of another %s', (_what, sayOther) => {
    say(11);
    sayOther();
    expect(written.lines()).toHaveLength(11);
  });

  it.each(['error', 'warn', 'info'] as const)('counts %s lines at their level', (level) => {
    for (let n = 0; n < 11; n += 1) log[level]({}, 'it');
    clock.pass(1000);
    expect(written.lines().map((line) => line.level)).toEqual(Array<string>(11).fill(level));
    expect(messages().at(-1)).toBe('it … and 1 more');
  });

  it('keeps nothing of a kind that has been quiet for a second', () => {
    say(11);
    clock.pass(2000);
    expect(clock.awaited).toBe(false);
    say(1);
    expect(messages().at(-1)).toBe('rejected');
  });
});

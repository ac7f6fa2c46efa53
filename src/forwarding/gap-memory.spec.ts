import { GapMemory, MAX_GAPS } from './gap-memory.js';

const delivery = (guid: string | undefined, payload = 'payload') => ({
  guid,
  payload: Buffer.from(payload),
});
const keys = (...of: string[]) => new Set(of);

describe('GapMemory', () => {
  let gaps: GapMemory;
  beforeEach(() => {
    gaps = new GapMemory();
  });

  it('knows no gap at first', () => {
    expect(gaps.owedTo(delivery('guid'))).toBeUndefined();
  });

  it('remembers what is owed, until less is, until nothing is', () => {
    gaps.keep(delivery('guid'), keys('a', 'b'));
    expect(gaps.owedTo(delivery('guid'))).toEqual(keys('a', 'b'));
    gaps.keep(delivery('guid'), keys('b'));
    expect(gaps.owedTo(delivery('guid'))).toEqual(keys('b'));
    gaps.keep(delivery('guid'), keys());
    expect(gaps.owedTo(delivery('guid'))).toBeUndefined();
  });

  it('that a late answer leaves empty, is one that nobody is owed, until it has been asked for', () => {
    gaps.fill(delivery('guid'), 'a');
    expect(gaps.owedTo(delivery('guid'))).toBeUndefined();
    gaps.keep(delivery('guid'), keys('a', 'b'));
    gaps.fill(delivery('guid', 'another'), 'a');
    gaps.fill(delivery('guid'), 'a');
    expect(gaps.owedTo(delivery('guid'))).toEqual(keys('b'));
    gaps.fill(delivery('guid'), 'b');
    expect(gaps.owedTo(delivery('guid'))).toEqual(keys());
    gaps.keep(delivery('guid'), keys());
    expect(gaps.owedTo(delivery('guid'))).toBeUndefined();
  });

  it('remembers nothing of a delivery that everyone got', () => {
    gaps.keep(delivery('guid'), keys());
    expect(gaps.owedTo(delivery('guid'))).toBeUndefined();
  });

  it('tells deliveries apart by their GUID', () => {
    gaps.keep(delivery('one'), keys('a'));
    gaps.keep(delivery('two'), keys('b'));
    gaps.keep(delivery('one'), keys());
    expect(gaps.owedTo(delivery('two'))).toEqual(keys('b'));
    expect(gaps.owedTo(delivery('TWO'))).toBeUndefined();
  });

  it('takes another payload under a known GUID for another delivery, with a gap of its own', () => {
    gaps.keep(delivery('guid'), keys('a'));
    expect(gaps.owedTo(delivery('guid', 'another'))).toBeUndefined();
    gaps.keep(delivery('guid', 'another'), keys('b'));
    expect(gaps.owedTo(delivery('guid', 'another'))).toEqual(keys('b'));
    expect(gaps.owedTo(delivery('guid'))).toEqual(keys('a'));
    gaps.keep(delivery('guid', 'another'), keys());
    expect(gaps.owedTo(delivery('guid', 'another'))).toBeUndefined();
    expect(gaps.owedTo(delivery('guid'))).toEqual(keys('a'));
  });

  it('remembers nothing without a GUID', () => {
    gaps.keep(delivery(undefined), keys('a'));
    expect(gaps.owedTo(delivery(undefined))).toBeUndefined();
  });

  it.each([
    [127, keys('a')],
    [128, keys('a')],
    [129, undefined],
  ])('of a GUID of %d characters remembers %j', (length, owed) => {
    gaps.keep(delivery('g'.repeat(length)), keys('a'));
    expect(gaps.owedTo(delivery('g'.repeat(length)))).toEqual(owed);
  });

  describe(`with ${MAX_GAPS} gaps`, () => {
    const isKnown = (n: number) => gaps.owedTo(delivery(`guid-${n}`)) !== undefined;

    beforeEach(() => {
      for (let n = 1; n <= MAX_GAPS; n++) gaps.keep(delivery(`guid-${n}`), keys('a'));
    });

    it('knows them all', () => {
      expect(MAX_GAPS).toBe(10_000);
      expect([1, 2, MAX_GAPS - 1, MAX_GAPS].map(isKnown)).toEqual([true, true, true, true]);
    });

    it('forgets the oldest alone for one more', () => {
      gaps.keep(delivery('guid-10001'), keys('a'));
      expect([1, 2, MAX_GAPS, MAX_GAPS + 1].map(isKnown)).toEqual([false, true, true, true]);
    });

    it('forgets none for one that is kept again, which is the newest then', () => {
      gaps.keep(delivery('guid-1'), keys('b'));
      expect([1, 2].map(isKnown)).toEqual([true, true]);
      gaps.keep(delivery('guid-10001'), keys('a'));
      expect([1, 2, 3].map(isKnown)).toEqual([true, false, true]);
    });

    it('has room for one more after one has ended', () => {
      gaps.keep(delivery('guid-5000'), keys());
      gaps.keep(delivery('guid-10001'), keys('a'));
      expect([1, 5000, MAX_GAPS + 1].map(isKnown)).toEqual([true, false, true]);
    });
  });
});

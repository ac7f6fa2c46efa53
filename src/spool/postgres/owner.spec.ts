import { ownerOf, ownersOf } from './owner.js';
import { type Replica } from './replica-rows.js';

const BACKENDS = Array.from({ length: 1000 }, (_, at) => `https://cluster-${at}.example.com`);

const replica = (holder: string, rest: Partial<Replica> = {}): Replica => ({
  holder,
  retired: false,
  backends: [],
  ...rest,
});

const those = (holders: readonly string[], backends: readonly string[]) =>
  holders.map((holder) => replica(holder, { backends }));

const loadsOf = (owners: ReadonlyMap<string, string>, holders: readonly string[]) =>
  holders.map((holder) => [...owners.values()].filter((owner) => owner === holder).length);

const FIVE = ['3b0f', '3b10', 'a', 'b', 'c'];

describe('backends that replicas have named', () => {
  it.each([1, 2, 3, 20, 256])('are spread evenly: %d of them', (count) => {
    for (const holders of [FIVE.slice(0, 2), FIVE.slice(2), FIVE]) {
      const loads = loadsOf(ownersOf(those(holders, BACKENDS.slice(0, count))), holders);
      expect(loads.reduce((sum, load) => sum + load)).toBe(count);
      expect(Math.max(...loads)).toBeLessThanOrEqual(Math.ceil(count / holders.length));
    }
  });

  it('stay, most of them, where they are when a replica leaves', () => {
    const before = ownersOf(those(FIVE, BACKENDS));
    const after = ownersOf(those(FIVE.slice(1), BACKENDS));
    const moved = BACKENDS.filter(
      (backend) => before.get(backend) !== FIVE[0] && before.get(backend) !== after.get(backend),
    );
    expect(moved.length).toBeLessThan(100);
  });

  it('do not depend on the order in which replicas were read', () => {
    const there = those(FIVE, BACKENDS);
    expect(ownersOf(there.toReversed())).toEqual(ownersOf(there));
  });

  it('go to those that have named them, though these had more than the others', () => {
    const there = [replica('a'), replica('b', { backends: ['https://x', 'https://y'] })];
    expect([...ownersOf(there)]).toEqual([
      ['https://x', 'b'],
      ['https://y', 'b'],
    ]);
  });

  it('are left to others by one that has retired', () => {
    const there = [
      replica('a', { backends: ['https://x'], retired: true }),
      replica('b', { backends: ['https://x'] }),
    ];
    expect([...ownersOf(there)]).toEqual([['https://x', 'b']]);
  });
});

it('what nobody has named is drained by anybody who has not retired, whoever is asked', () => {
  const there = [...those(FIVE, []), replica('retired', { retired: true })];
  const owners = BACKENDS.map((name) => ownerOf(name, there));
  expect(owners).toEqual(BACKENDS.map((name) => ownerOf(name, there.toReversed())));
  expect(new Set(owners)).toEqual(new Set(FIVE));
  expect(ownerOf('x', [replica('a', { retired: true })])).toBeUndefined();
});

import { ownerOf } from './owner.js';
import { type Replica } from './replica-rows.js';

const BACKENDS = Array.from({ length: 1000 }, (_, at) => `https://cluster-${at}.example.com`);

const replica = (holder: string, rest: Partial<Replica> = {}): Replica => ({
  holder,
  retired: false,
  backends: [],
  ...rest,
});

const FIVE = ['3b0f', '3b10', 'a', 'b', 'c'].map((holder) => replica(holder));

it('spreads backends evenly', () => {
  const owners = BACKENDS.map((backend) => ownerOf(backend, FIVE));
  for (const { holder } of FIVE) {
    expect(owners.filter((owner) => owner === holder).length).toBeGreaterThan(150);
  }
});

it('moves nothing but what the one drained that leaves, and that to all the others', () => {
  const [gone, ...others] = FIVE;
  const moved = new Set<string | undefined>();
  for (const backend of BACKENDS) {
    const before = ownerOf(backend, FIVE);
    const after = ownerOf(backend, others);
    if (before === gone?.holder) moved.add(after);
    else expect(after).toBe(before);
  }
  expect(moved).toEqual(new Set(others.map(({ holder }) => holder)));
});

it('does not depend on the order in which they were read', () => {
  for (const backend of BACKENDS) {
    expect(ownerOf(backend, FIVE.toReversed())).toBe(ownerOf(backend, FIVE));
  }
});

it.each<[string, string | undefined, Replica[]]>([
  ['one that has named it', 'b', [replica('a'), replica('b', { backends: ['https://x'] }), replica('c')]],
  ['anybody, if nobody has named it', 'a', [replica('a', { backends: ['https://y'] })]],
  [
    'anybody, if who has named it has retired',
    'a',
    [replica('a'), replica('b', { backends: ['https://x'], retired: true })],
  ],
  ['nobody, if all have retired', undefined, [replica('a', { retired: true })]],
])('chooses %s', (_whom, owner, there) => {
  expect(ownerOf('https://x', there)).toBe(owner);
});

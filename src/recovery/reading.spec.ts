import { type FailedDelivery } from './failed-delivery.js';
import { type GithubAttempt } from './github/github-attempt.js';
import { Reading } from './reading.js';

let nextAt = 0;
const attempt = (guid: string, status: number, isRedelivery = false): GithubAttempt => {
  const at = (nextAt += 1);
  return { id: String(at), guid, event: 'push', at, isRedelivery, status };
};

/** @param attempts the oldest first, as they were made */
function read(attempts: readonly GithubAttempt[], known: readonly FailedDelivery[] = [], max?: number) {
  const reading = new Reading(new Map(known.map((each) => [each.first.guid, each])), max);
  for (const each of attempts.toReversed()) reading.take(each);
  const { failed, delivered, upTo } = reading.end();
  return { failed: [...failed.keys()], delivered, upTo, of: (guid: string) => failed.get(guid) };
}

it.each<[string, string[], GithubAttempt[]]>([
  ['what was delivered at once', [], [attempt('a', 200)]],
  ['what was kept', [], [attempt('a', 202)]],
  ['what was refused', ['a'], [attempt('a', 503)]],
  ['what found nobody', ['a'], [attempt('a', 0)]],
  ['what was redirected', ['a'], [attempt('a', 302)]],
  ['what was delivered when somebody asked for it', [], [attempt('a', 502), attempt('a', 200, true)]],
  ['what failed again', ['a'], [attempt('a', 502), attempt('a', 503, true)]],
  [
    'what was delivered once, and failed when somebody asked for it again',
    [],
    [attempt('a', 502), attempt('a', 200, true), attempt('a', 503, true)],
  ],
  ['a repeat, by hand, of what was delivered', [], [attempt('a', 200), attempt('a', 503, true)]],
  ['a repeat, by hand, of what was read long ago', [], [attempt('a', 503, true)]],
  ['several, the oldest first', ['a', 'b'], [attempt('a', 503), attempt('c', 200), attempt('b', 503)]],
])('of %s, %j has failed', (_what, expected, attempts) => {
  expect(read(attempts).failed).toEqual(expected);
});

it('knows the first attempt and the latest', () => {
  const [first, second, third] = [attempt('a', 502), attempt('a', 503, true), attempt('a', 413, true)];
  expect(read([first, second, third]).of('a')).toEqual({ first, latest: third });
});

it('goes on with what was known before', () => {
  const [a, b, c] = [attempt('a', 502), attempt('b', 502), attempt('c', 502)].map((first) => ({
    first,
    latest: first,
  }));
  const again = attempt('b', 503, true);
  const found = read([attempt('a', 200, true), again], [a, b, c] as FailedDelivery[]);
  expect(found.failed).toEqual(['b', 'c']);
  expect(found.delivered).toEqual(['a']);
  expect(found.of('b')?.latest).toEqual(again);
});

it('tells how far it has come', () => {
  const attempts = [attempt('a', 200), attempt('b', 200)];
  expect(read(attempts).upTo).toBe(attempts[1]?.at);
  expect(read([]).upTo).toBeUndefined();
});

it('keeps the oldest where there are too many, and the others are read once more', () => {
  const attempts = [attempt('a', 502), attempt('b', 502), attempt('c', 502), attempt('d', 502)];
  const found = read(attempts, [], 2);
  expect(found.failed).toEqual(['a', 'b']);
  expect(found.upTo).toBeLessThan(attempts[2]?.at ?? 0);
  expect(read(attempts, [], 4).failed).toHaveLength(4);
});

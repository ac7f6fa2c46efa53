import dns from 'node:dns';

import { FakeClock } from '../../test/support/fake-clock.js';
import { MAX_STALE_MS, NameLookups, OVERDUE_MS } from './name-lookups.js';

const FOUND = [{ address: '192.0.2.1', family: 4 }];

/** Lookups that end when they are told to. */
function useResolver(threads: number) {
  const asked: { name: string; answer: (addresses: dns.LookupAddress[]) => void; fail: () => void }[] = [];
  jest.spyOn(dns.promises, 'lookup').mockImplementation(
    (name: string) =>
      new Promise<never>((resolve, reject) => {
        const answer = resolve as unknown as (addresses: dns.LookupAddress[]) => void;
        asked.push({
          name,
          answer,
          fail: () => {
            reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }));
          },
        });
      }),
  );
  const clock = new FakeClock();
  return { asked, clock, lookups: new NameLookups(threads, clock) };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  jest.restoreAllMocks();
});

describe('NameLookups', () => {
  it('shares one lookup between all who want the same name', async () => {
    const { asked, lookups } = useResolver(4);
    const both = Promise.all([lookups.resolve('a'), lookups.resolve('a')]);
    expect(asked).toHaveLength(1);
    asked[0]?.answer(FOUND);
    expect(await both).toEqual([FOUND, FOUND]);
  });

  it('uses the last good addresses when a lookup is overdue, and at once while it is', async () => {
    const { asked, clock, lookups } = useResolver(4);
    const first = lookups.resolve('a');
    asked[0]?.answer(FOUND);
    await first;
    const second = lookups.resolve('a');
    clock.pass(OVERDUE_MS);
    expect(await second).toBe(FOUND);
    expect(await lookups.resolve('a')).toBe(FOUND);
    expect(asked).toHaveLength(2);
  });

  it.each([
    [MAX_STALE_MS, true],
    [MAX_STALE_MS + 1, false],
  ])('of a name that fails uses what is %d ms old: %j', async (age, used) => {
    const { asked, clock, lookups } = useResolver(4);
    const first = lookups.resolve('a');
    asked[0]?.answer(FOUND);
    await first;
    clock.pass(age);
    const second = lookups.resolve('a');
    asked[1]?.fail();
    await (used
      ? expect(second).resolves.toBe(FOUND)
      : expect(second).rejects.toMatchObject({ code: 'EAI_AGAIN' }));
  });

  it('leaves half of what there is for lookups to names without trouble', async () => {
    // libuv gives lookups 8 of 16 threads; troubled names have 4.
    const { asked, lookups } = useResolver(16);
    const names = Array.from({ length: 24 }, (_, n) => `silent-${n}`);
    const failing = names.map((name) => lookups.resolve(name).catch(() => undefined));
    for (const { fail } of asked.splice(0)) fail();
    await Promise.all(failing);
    for (const name of names) void lookups.resolve(name).catch(() => undefined);
    await turns();
    expect(asked.map(({ name }) => name)).toEqual(names.slice(0, 4));
    const healthy = lookups.resolve('healthy');
    asked[4]?.answer(FOUND);
    expect(await healthy).toBe(FOUND);
    asked[0]?.fail();
    await turns();
    expect(asked.map(({ name }) => name)).toEqual([...names.slice(0, 4), 'healthy', 'silent-4']);
  });
});

import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { useTempDir } from '../../../test/support/temp-dir.js';
import { checkSpool } from './verify.js';
import {
  begin,
  bury,
  type Forward,
  type ForwardState,
  isOpen,
  newForward,
  revive,
  settle,
} from '../../model/forward.js';
import { LmdbSpool, type LmdbSpoolOptions } from './lmdb-spool.js';
import { OUTCOMES } from '../../model/outcome.js';
import { BYTES_PER_DELIVERY, openDatabases, openRoot } from './layout.js';
import { DATA_FILE } from './data-file.js';
import { type ForwardCounts } from '../spool.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';

const MAX_BYTES = 40 * BYTES_PER_DELIVERY;

const payloadOf = (bytes: number): Buffer => Buffer.alloc(bytes, bytes);

function delivery(id: number, payload: Buffer, backends: readonly string[], guid?: string): StoredDelivery {
  return {
    delivery: {
      id,
      ...(guid !== undefined && { guid }),
      event: 'push',
      receivedAt: id,
      query: 'a=1',
      rawHeaders: ['X-GitHub-Event', 'push', 'X-Other', '\u00fc'],
      payloadBytes: payload.length,
      payloadDigest: createHash('sha256').update(payload).digest('base64'),
    },
    forwards: backends.map(newForward),
  };
}

describe('against a model', () => {
  /** What a spool is, without a disk. */
  class Model {
    readonly deliveries = new Map<number, { stored: StoredDelivery; payload: Buffer }>();
    readonly backends = new Set<string>();
    lastId = 0;
    lastTried = 0;

    get bytes(): number {
      return [...this.deliveries.values()].reduce(
        (sum, { payload }) => sum + payload.length + BYTES_PER_DELIVERY,
        0,
      );
    }

    get latestFirst(): StoredDelivery[] {
      return [...this.deliveries.values()]
        .map(({ stored }) => stored)
        .sort((a, b) => b.delivery.id - a.delivery.id);
    }

    forwards(): Forward[] {
      return this.latestFirst.flatMap(({ forwards }) => forwards);
    }

    counts(): Map<string, ForwardCounts> {
      const backends = new Set(
        this.forwards()
          .filter(isOpen)
          .map(({ backend }) => backend),
      );
      const count = (backend: string, state: ForwardState) =>
        this.forwards().filter((forward) => forward.backend === backend && forward.state === state).length;
      return new Map(
        [...backends].map((backend) => [
          backend,
          { owed: count(backend, 'owed'), dead: count(backend, 'dead') },
        ]),
      );
    }
  }

  class Real {
    spool: LmdbSpool;

    constructor(readonly dir: string) {
      this.spool = this.#open();
    }

    async reopen(): Promise<void> {
      await this.spool.close();
      this.spool = this.#open();
    }

    #open(): LmdbSpool {
      return new LmdbSpool({ dir: this.dir, maxBytes: MAX_BYTES });
    }
  }

  type Command = fc.AsyncCommand<Model, Real>;

  const BACKENDS: readonly string[] = ['http://a', 'http://b', `http://c/${'x'.repeat(2039)}`];
  const GUIDS = ['one', 'two', 'x'.repeat(128)] as const;

  const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
    check: () => true,
    run,
    toString: () => name,
  });

  /** The id of a delivery that is there, or now and then of none. */
  const pick = (model: Model, at: number): number => {
    const ids = [...model.deliveries.keys()];
    return (at === 0 ? undefined : ids[at % ids.length]) ?? model.lastTried + 1;
  };

  const expectFull = (promise: Promise<void>) =>
    expect(promise).rejects.toMatchObject({ code: 'spool-full' });

  const store = fc
    .record({
      bytes: fc.oneof(fc.nat(100), fc.nat(10 * BYTES_PER_DELIVERY)),
      backends: fc.subarray([...BACKENDS], { minLength: 1 }),
      guid: fc.option(fc.constantFrom(...GUIDS), { nil: undefined }),
      gap: fc.integer({ min: 1, max: 1000 }),
    })
    .map(({ bytes, backends, guid, gap }) =>
      command(`store(${bytes}, ${backends.length})`, async (model, real) => {
        const id = (model.lastTried += gap);
        const payload = payloadOf(bytes);
        const stored = delivery(id, payload, backends, guid);
        if (model.bytes + bytes + BYTES_PER_DELIVERY > MAX_BYTES) {
          await expectFull(real.spool.store(stored, payload));
          return;
        }
        await real.spool.store(stored, payload);
        model.deliveries.set(id, { stored, payload });
        model.lastId = id;
      }),
    );

  const anyChange = fc.oneof(
    fc.constantFrom(...OUTCOMES).map((outcome) => ({
      name: outcome,
      change: (forward: Forward) =>
        settle(forward, { at: 1, outcome, durationMs: 2, status: 500, answer: 'no' }, 'at-least-once'),
    })),
    fc.constantFrom(
      { name: 'begin', change: (forward: Forward) => begin(forward, 5) },
      { name: 'bury', change: (forward: Forward) => bury(forward, 'too old') },
      { name: 'revive', change: revive },
    ),
  );
  const update = fc
    .record({
      at: fc.nat(50),
      change: anyChange,
      backends: fc.option(fc.subarray([...BACKENDS]), { nil: undefined }),
    })
    .map(({ at, change: { name, change }, backends }) =>
      command(`update(${at}, ${name}, ${backends?.length ?? 'all'})`, async (model, real) => {
        const id = pick(model, at);
        const known = model.deliveries.get(id);
        const after =
          known === undefined
            ? undefined
            : {
                ...known.stored,
                forwards: known.stored.forwards.map((forward) =>
                  backends?.includes(forward.backend) === false ? forward : change(forward),
                ),
              };
        expect(await real.spool.update(id, change, backends)).toEqual(after);
        if (known === undefined || after === undefined) return;
        if (after.forwards.some(isOpen)) model.deliveries.set(id, { ...known, stored: after });
        else model.deliveries.delete(id);
      }),
    );

  const discard = fc.nat(50).map((at) =>
    command(`discard(${at})`, async (model, real) => {
      const id = pick(model, at);
      expect(await real.spool.discard(id)).toEqual(model.deliveries.get(id)?.stored);
      model.deliveries.delete(id);
    }),
  );

  const keep = fc.constantFrom(...BACKENDS).map((url) =>
    command(`keepBackend(${url.slice(0, 10)})`, async (model, real) => {
      await real.spool.keepBackend(url);
      model.backends.add(url);
    }),
  );
  const forget = fc.constantFrom(...BACKENDS).map((url) =>
    command(`forgetBackend(${url.slice(0, 10)})`, async (model, real) => {
      await real.spool.forgetBackend(url);
      model.backends.delete(url);
    }),
  );

  const read = fc
    .record({ at: fc.nat(50), limit: fc.nat(4), backend: fc.constantFrom(...BACKENDS) })
    .map(({ at, limit, backend }) =>
      command(`read(${at}, ${limit})`, async (model, { spool }) => {
        const id = pick(model, at);
        expect(await spool.get(id)).toEqual(model.deliveries.get(id)?.stored);
        expect(await spool.payload(id)).toEqual(model.deliveries.get(id)?.payload);
        expect(await spool.list(id, limit)).toEqual(
          model.latestFirst.filter((stored) => stored.delivery.id < id).slice(0, limit),
        );
        const owed = model.latestFirst.filter(({ forwards }) =>
          forwards.some((forward) => forward.backend === backend && forward.state === 'owed'),
        );
        expect(await spool.owedTo(backend, limit)).toEqual(owed.reverse().slice(0, limit));
      }),
    );

  const reopen = fc.constant(command('reopen', (_model, real) => real.reopen()));

  /** Everything that can be asked without an argument, and the guids. */
  async function expectSame(model: Model, { spool }: Real): Promise<void> {
    expect(spool.bytes).toBe(model.bytes);
    expect(spool.lastId).toBe(model.lastId);
    expect(new Map(spool.counts())).toEqual(model.counts());
    expect(await spool.list(Infinity, 1000)).toEqual(model.latestFirst);
    const running = model.latestFirst.filter(({ forwards }) =>
      forwards.some(({ runningSince }) => runningSince !== undefined),
    );
    expect(await spool.running()).toEqual(running.reverse());
    for (const guid of GUIDS) {
      const found = model.latestFirst.filter((stored) => stored.delivery.guid === guid);
      expect(await spool.find(guid)).toEqual(found);
    }
    expect((await spool.registeredBackends()).sort()).toEqual([...model.backends].sort());
  }

  const thenSame = (arbitrary: fc.Arbitrary<Command>): fc.Arbitrary<Command> =>
    arbitrary.map((inner) =>
      command(String(inner), async (model, real) => {
        await inner.run(model, real);
        await expectSame(model, real);
      }),
    );

  it('does the same, whatever is done to it and however often it is opened again', async () => {
    const commands = [store, store, update, update, update, discard, keep, forget, read, reopen].map(
      thenSame,
    );
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (sequence) => {
        const dir = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
        const real = new Real(dir);
        try {
          await fc.asyncModelRun(() => ({ model: new Model(), real }), sequence);
          await real.spool.close();
          expect(await checkSpool(dir)).toBeUndefined();
        } finally {
          rmSync(dir, { recursive: true });
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

const dir = useTempDir();
const open: LmdbSpool[] = [];

function openSpool(options: Partial<LmdbSpoolOptions> = {}): LmdbSpool {
  const spool = new LmdbSpool({ dir: dir.path, maxBytes: 1e9, ...options });
  open.push(spool);
  return spool;
}

afterEach(async () => {
  for (const spool of open.splice(0)) await spool.close();
});

const accepted = (forward: Forward): Forward =>
  settle(forward, { at: 1, outcome: 'accepted', durationMs: 1, status: 202 }, 'at-least-once');

/** Stores one delivery to one backend. */
async function storeOne(spool: LmdbSpool, id: number, bytes = 10, guid?: string): Promise<StoredDelivery> {
  const stored = delivery(id, payloadOf(bytes), ['http://a'], guid);
  await spool.store(stored, payloadOf(bytes));
  return stored;
}

describe('a new spool', () => {
  it('is empty', async () => {
    const spool = openSpool();
    expect([spool.lastId, spool.bytes, spool.counts().size]).toEqual([0, 0, 0]);
    expect(await spool.list(Infinity, 10)).toEqual([]);
    expect(await spool.get(1)).toBeUndefined();
    expect(await spool.payload(1)).toBeUndefined();
    expect(await spool.update(1, accepted)).toBeUndefined();
    expect(await spool.discard(1)).toBeUndefined();
  });

  it('may be in a directory whose name looks like that of a file', async () => {
    const spool = openSpool({ dir: join(dir.path, 'spool.d') });
    await storeOne(spool, 1);
    expect(statSync(join(dir.path, 'spool.d', DATA_FILE)).isFile()).toBe(true);
  });
});

describe('the room', () => {
  const bytes = 2 * (BYTES_PER_DELIVERY + 100);

  it('is for deliveries up to the limit and not one byte more', async () => {
    const spool = openSpool({ maxBytes: bytes });
    await storeOne(spool, 1, 100);
    await expect(storeOne(spool, 2, 101)).rejects.toMatchObject({
      code: 'spool-full',
      message: `the spool holds ${bytes / 2} of ${bytes} bytes`,
    });
    expect(await spool.list(Infinity, 10)).toHaveLength(1);
    await storeOne(spool, 3, 100);
    await expect(storeOne(spool, 4, 0)).rejects.toMatchObject({ code: 'spool-full' });
    expect([spool.bytes, spool.lastId]).toEqual([bytes, 3]);
    await spool.discard(1);
    await storeOne(spool, 5, 100);
    expect(spool.bytes).toBe(bytes);
  });

  it('is not given twice to deliveries that come at once', async () => {
    const spool = openSpool({ maxBytes: bytes });
    const stored = await Promise.allSettled([1, 2, 3, 4].map((id) => storeOne(spool, id, 100)));
    expect(stored.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(spool.bytes).toBe(bytes);
  });
});

describe('a GUID', () => {
  it.each([
    [1, 1],
    [128, 1],
    [129, 0],
    [10_000, 0],
  ])('of %d characters finds %d deliveries, and is kept in full', async (length, count) => {
    const spool = openSpool();
    const guid = 'g'.repeat(length);
    const stored = await storeOne(spool, 1, 10, guid);
    expect(await spool.find(guid)).toEqual(count === 0 ? [] : [stored]);
    expect(await spool.get(1)).toEqual(stored);
    await spool.update(1, accepted);
    expect(await spool.find(guid)).toEqual([]);
  });

  it('finds its own deliveries only, latest first', async () => {
    const spool = openSpool();
    for (const [id, guid] of ['a', 'ab', 'a', '', '\u00ff', 'a'].entries()) {
      await storeOne(spool, id + 1, 10, guid);
    }
    const idsOf = async (guid: string) => (await spool.find(guid)).map((stored) => stored.delivery.id);
    expect([await idsOf('a'), await idsOf('ab'), await idsOf(''), await idsOf('\u00ff')]).toEqual([
      [6, 3, 1],
      [2],
      [4],
      [5],
    ]);
  });
});

it('keeps apart backends with URLs of 2,048 characters that differ in the last', async () => {
  const spool = openSpool();
  const urls = ['a', 'b'].map((last) => `http://h/${'x'.repeat(2038)}${last}`);
  for (const [n, url] of urls.entries()) {
    expect(url).toHaveLength(2048);
    await spool.keepBackend(url);
    await spool.store(delivery(n + 1, payloadOf(1), [url]), payloadOf(1));
  }
  expect((await spool.registeredBackends()).sort()).toEqual(urls);
  for (const [n, url] of urls.entries()) {
    expect((await spool.owedTo(url, 10)).map((stored) => stored.delivery.id)).toEqual([n + 1]);
    expect(spool.counts().get(url)).toEqual({ owed: 1, dead: 0 });
  }
});

describe('a payload', () => {
  it('stays until the last forward is neither owed nor dead, and no trace stays then', async () => {
    const spool = openSpool();
    const payload = payloadOf(100_000);
    await spool.store(delivery(1, payload, ['http://a', 'http://b', 'http://c'], 'guid'), payload);
    await spool.update(1, (forward) => begin(forward, 1));
    await spool.update(1, accepted, ['http://a']);
    await spool.update(1, (forward) => begin(forward, 2));
    await spool.update(1, (forward) => bury(forward, 'too old'), ['http://b']);
    await spool.update(1, accepted, ['http://c']);
    expect(await spool.payload(1)).toEqual(payload);
    expect(new Map(spool.counts())).toEqual(new Map([['http://b', { owed: 0, dead: 1 }]]));
    await spool.update(1, accepted, ['http://b']);
    expect([spool.bytes, spool.counts().size, spool.lastId]).toEqual([0, 0, 1]);

    const { state, root, ...tables } = openDatabases(openRoot(dir.path, false));
    expect(Object.values(tables).map((table) => table.getKeysCount())).toEqual(
      Object.values(tables).map(() => 0),
    );
    expect([...state.getKeys()].sort()).toEqual(['bytes', 'lastId', 'version']);
    await root.close();
  });

  it('leaves its place in the file to the next', async () => {
    const spool = openSpool();
    for (let id = 1; id <= 100; id += 1) {
      await storeOne(spool, id, 100_000);
      await spool.update(id, accepted);
    }
    expect(statSync(join(dir.path, DATA_FILE)).size).toBeLessThan(1_000_000);
  });

  it('may be empty', async () => {
    const spool = openSpool();
    await storeOne(spool, 1, 0);
    expect(await spool.payload(1)).toEqual(Buffer.alloc(0));
  });

  it('is an error if it is not what was stored', async () => {
    const spool = openSpool();
    await storeOne(spool, 1);
    const { payloads, root } = openDatabases(openRoot(dir.path, false));
    payloads.putSync(1, payloadOf(11));
    await expect(spool.payload(1)).rejects.toMatchObject({
      code: 'payload-gone',
      message: 'the payload of delivery 1 is damaged',
    });
    payloads.removeSync(1);
    await expect(spool.payload(1)).rejects.toMatchObject({ code: 'payload-gone' });
    expect(await spool.get(1)).toBeDefined();
    await root.close();
  });
});

describe('changes made at once', () => {
  it('are all made, each on what the one before it left', async () => {
    const spool = openSpool();
    await storeOne(spool, 1);
    const refused = (forward: Forward) =>
      settle(forward, { at: 1, outcome: 'refused', durationMs: 1 }, 'at-least-once');
    await Promise.all(Array.from({ length: 50 }, () => spool.update(1, refused)));
    expect((await spool.get(1))?.forwards[0]).toMatchObject({ attemptCount: 50 });
    const [first, second] = await Promise.all([spool.discard(1), spool.discard(1)]);
    expect([first?.delivery.id, second]).toEqual([1, undefined]);
    expect(spool.bytes).toBe(0);
  });

  it('are on disk when it has been closed, whether or not they were waited for', async () => {
    const spool = openSpool();
    const stored = Promise.all([1, 2, 3].map((id) => storeOne(spool, id)));
    await open.pop()?.close();
    await stored;
    expect(await openSpool().list(Infinity, 10)).toHaveLength(3);
  });
});

it('changes nothing if the change cannot be told', async () => {
  const spool = openSpool();
  const stored = await storeOne(spool, 1);
  const failing = () => {
    throw new Error('no');
  };
  await expect(spool.update(1, failing)).rejects.toMatchObject({ code: 'spool-failed' });
  expect(await spool.get(1)).toEqual(stored);
  expect(spool.counts().get('http://a')).toEqual({ owed: 1, dead: 0 });
});

it('tells of every write, how long it took and whether it was made', async () => {
  const writes: [number, boolean][] = [];
  const spool = openSpool({ onWrite: (seconds, ok) => writes.push([seconds, ok]) });
  await storeOne(spool, 1);
  await spool.keepBackend('http://a');
  await spool.get(1);
  expect(writes.map(([, ok]) => ok)).toEqual([true, true]);
  for (const [seconds] of writes) {
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);
  }
});

it('tells when it has been closed', async () => {
  const onClose = jest.fn(() => Promise.resolve());
  const spool = new LmdbSpool({ dir: dir.path, maxBytes: 1e9, onClose });
  await storeOne(spool, 1);
  expect(onClose).not.toHaveBeenCalled();
  await spool.close();
  expect(onClose).toHaveBeenCalledTimes(1);
});

import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';

import {
  type AttemptRecord,
  begin,
  type ForwardState,
  interruptedAttempt,
  newForward,
  type SettleRules,
} from '../../src/model/forward.js';
import { type Outcome } from '../../src/model/outcome.js';
import { PAUSES_NOTE } from '../../src/model/pause.js';
import { type StoredDelivery } from '../../src/model/stored-delivery.js';
import { BYTES_PER_DELIVERY } from '../../src/spool/delivery-bytes.js';
import { KEPT_FOR_GOOD } from '../../src/spool/notes.js';
import { type Spool, type SpoolEvent } from '../../src/spool/spool.js';
import { anyCommands, Real } from './commands.js';
import { Model } from './model.js';
import { newDelivery, payloadOf, type StoreUnderTest } from './store-under-test.js';

const A = 'http://a';
const RUN_MS = 2000;
const RULES: SettleRules = { guarantee: 'at-least-once', othersGotThrough: false };

const attempt = (outcome: Outcome): AttemptRecord => ({ at: 1, outcome, durationMs: 1, status: 500 });

interface About {
  readonly bytes?: number;
  readonly backends?: readonly string[];
  readonly guid?: string;
  readonly receivedAt?: number;
}

/** Tests `runs` sequences of commands, each on a store of its own. */
export function itFollowsTheModel(makeStore: () => StoreUnderTest, runs: number): void {
  it(
    'does what the model does, whatever is done to it and however often it is opened again',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyCommands, async (sequence) => {
          const store = makeStore();
          const real = await Real.on(store);
          try {
            await fc.asyncModelRun(() => ({ model: new Model(), real }), sequence);
          } finally {
            await real.spool.close();
            await store.remove();
          }
        }),
        { numRuns: runs },
      );
    },
    120_000 + runs * RUN_MS,
  );
}

/** What any engine has to do, asked of it by nothing but the verbs of a spool. */
export function describeSpool(name: string, makeStore: () => StoreUnderTest): void {
  describe(`the contract of a spool: ${name}`, () => {
    let store: StoreUnderTest;
    let open: Spool[] = [];
    let spool: Spool;

    const openSpool = async (maxBytes?: number): Promise<Spool> => {
      const opened = await store.open(maxBytes);
      open.push(opened);
      return opened;
    };

    /** One that takes over when this one is gone, whatever it has begun. */
    const openAfter = async (gone: Spool, maxBytes?: number): Promise<Spool> => {
      await gone.close();
      return openSpool(maxBytes);
    };

    const storeOne = (about: About = {}): Promise<StoredDelivery> => {
      const payload = payloadOf(about.bytes ?? 10);
      return spool.store(newDelivery(payload, about.backends ?? [A], about), payload);
    };

    const idOf = async (stored: Promise<StoredDelivery>): Promise<number> => (await stored).delivery.id;
    const forwardOf = async (id: number) => (await spool.get(id))?.forwards[0];

    /** Brings the forward of a delivery of its own into a state. */
    async function storeAs(state: ForwardState): Promise<number> {
      const id = await idOf(storeOne({ backends: [A, 'http://other'] }));
      if (state === 'dead') await spool.bury(id, [A], 'too old');
      else if (state !== 'owed') await spool.settle(id, A, attempt(state), RULES);
      expect((await forwardOf(id))?.state).toBe(state);
      return id;
    }

    const eventsOf = (watched: Spool): SpoolEvent[] => {
      const events: SpoolEvent[] = [];
      watched.watch((event) => events.push(event));
      return events;
    };

    beforeEach(async () => {
      store = makeStore();
      open = [];
      spool = await openSpool();
    });

    afterEach(async () => {
      for (const opened of open) await opened.close();
      await store.remove();
    });

    // More of them are in test/soak.
    itFollowsTheModel(makeStore, 10);

    it('is empty at first', async () => {
      expect([spool.keeps, spool.fault, spool.bytes, spool.counts().size]).toEqual([true, undefined, 0, 0]);
      expect(await spool.list(Infinity, 10)).toEqual([]);
      expect([await spool.get(1), await spool.payload(1)]).toEqual([undefined, undefined]);
    });

    it.each<[string, (of: Spool, id: number, backend: string) => Promise<unknown>]>([
      ['claim', (of, id, backend) => of.claim(id, backend, 1)],
      ['settle', (of, id, backend) => of.settle(id, backend, attempt('accepted'), RULES)],
      ['bury', (of, id, backend) => of.bury(id, [backend], 'too old')],
      ['revive', (of, id, backend) => of.revive(id, [backend], ['owed', 'dead'])],
      ['discard', (of, id, backend) => of.discard(id, [backend])],
    ])('%s changes nothing where there is no such delivery, or no such forward', async (_verb, change) => {
      const stored = await storeOne();
      const events = eventsOf(spool);
      expect(await change(spool, stored.delivery.id + 1, A)).toBeUndefined();
      expect(await change(spool, stored.delivery.id, 'http://nobody')).toBeUndefined();
      expect(await spool.list(Infinity, 10)).toEqual([stored]);
      expect(events).toEqual([]);
    });

    describe('ids', () => {
      it('become greater, though the clock is set back and the spool opened again', async () => {
        const ids = [
          await idOf(storeOne({ receivedAt: 5000 })),
          spool.nextId(5000),
          await idOf(storeOne({ receivedAt: 5000 })),
        ];
        spool = await openAfter(spool);
        ids.push(await idOf(storeOne({ receivedAt: 10 })), spool.nextId(10), spool.nextId(6000));
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        expect([ids[0], ids.at(-1)]).toEqual([5_000_000, 6_000_000]);
      });

      it('are of many at once each its own', async () => {
        const ids = await Promise.all(Array.from({ length: 50 }, () => idOf(storeOne())));
        expect(new Set(ids).size).toBe(50);
      });
    });

    describe('a claim', () => {
      it('is had by one of two who race for it, a thousand times', async () => {
        const rival = store.isShared ? await openSpool() : spool;
        const ids = await Promise.all(Array.from({ length: 1000 }, () => idOf(storeOne({ bytes: 0 }))));
        const won = await Promise.all(
          ids.map((id) => Promise.all([spool.claim(id, A, 1), rival.claim(id, A, 2)])),
        );
        const wins = won.map((both) => both.filter((change) => change !== undefined).length);
        expect(new Set(wins)).toEqual(new Set([1]));
      }, 60_000);

      it('is told by who has it, and since when', async () => {
        const id = await idOf(storeOne());
        const change = await spool.claim(id, A, 7);
        expect(change?.before.forwards[0]).toEqual(newForward(A));
        expect(change?.after.forwards[0]).toMatchObject({ state: 'owed', runningSince: 7 });
        expect(change?.after.forwards[0]?.claimedBy).toEqual(expect.any(String));
        expect(await spool.get(id)).toEqual(change?.after);
      });

      it('comes with a delivery that is stored while it is being sent', async () => {
        const payload = payloadOf(1);
        const { delivery } = newDelivery(payload, [A]);
        const forwards = [begin(newForward(A), 3), newForward('http://b')];
        const events = eventsOf(spool);
        const { id } = (await spool.store({ delivery, forwards }, payload)).delivery;
        expect(events).toEqual([{ kind: 'owed', backend: 'http://b', id }]);
        expect(await spool.claim(id, A, 4)).toBeUndefined();
        expect(await spool.abandoned()).toEqual([]);
        expect((await spool.settle(id, A, attempt('refused'), RULES))?.after.forwards[0]).toEqual({
          ...newForward(A),
          attemptCount: 1,
          attempts: [attempt('refused')],
        });
      });

      it.each<[ForwardState, readonly ForwardState[], boolean]>([
        ['owed', ['owed'], true],
        ['owed', ['dead', 'rejected'], false],
        ['dead', ['owed'], false],
        ['dead', ['owed', 'dead'], true],
        ['rejected', ['rejected'], true],
        ['accepted', ['owed', 'dead', 'rejected'], false],
        ['accepted', ['accepted'], true],
      ])('out of turn, of one that is %s, from %j: %s', async (state, from, isHad) => {
        const id = await storeAs(state);
        const events = eventsOf(spool);
        const change = await spool.claim(id, A, 9, from);
        expect(change?.after.forwards[0]).toEqual(
          isHad ? expect.objectContaining({ state: 'owed', runningSince: 9, unknownCount: 0 }) : undefined,
        );
        expect((await forwardOf(id))?.state).toBe(isHad ? 'owed' : state);
        expect(events).toEqual([]);
      });

      it('is lost with who had it, and what came of the attempt is unknown', async () => {
        const id = await idOf(storeOne());
        await idOf(storeOne());
        await spool.claim(id, A, 7);
        expect(await spool.abandoned()).toEqual([]);
        spool = await openAfter(spool);
        const [abandoned, ...others] = await spool.abandoned();
        expect([abandoned?.delivery.id, others]).toEqual([id, []]);
        expect(await spool.claim(id, A, 8)).toBeUndefined();
        const forward = await forwardOf(id);
        const interrupted = interruptedAttempt(forward ?? newForward(A));
        const settled = await spool.settle(id, A, interrupted, RULES);
        expect(settled?.after.forwards).toEqual([
          { ...newForward(A), attemptCount: 1, attempts: [interrupted], unknownCount: 1 },
        ]);
        expect(await spool.abandoned()).toEqual([]);
        expect(await spool.claim(id, A, 8)).toBeDefined();
        expect(await spool.abandoned()).toEqual([]);
      });

      it.each<[Outcome, ForwardState | undefined]>([
        ['refused', undefined],
        ['unknown', undefined],
        ['accepted', 'accepted'],
        ['rejected', 'rejected'],
      ])('that somebody has taken over: an attempt that was %s leaves it %s', async (outcome, state) => {
        const id = await idOf(storeOne({ backends: [A, 'http://b'] }));
        await spool.claim(id, A, 7);
        await spool.settle(id, A, attempt('unknown'), RULES);
        const before = await forwardOf(id);
        const change = await spool.settle(id, A, attempt(outcome), RULES);
        expect(change?.after.forwards[0]?.state).toBe(state);
        if (state === undefined) expect(await forwardOf(id)).toEqual(before);
      });

      it('of somebody who is there stays theirs, whoever knows what the backend has answered', async () => {
        if (!store.isShared) return;
        const other = await openSpool();
        const id = await idOf(storeOne({ backends: [A, 'http://b'] }));
        await spool.claim(id, A, 7);
        expect(await other.abandoned()).toEqual([]);
        expect(await other.settle(id, A, attempt('unknown'), RULES)).toBeUndefined();
        const answered = await other.settle(id, A, attempt('rejected'), RULES);
        expect(answered?.after.forwards[0]).toMatchObject({ state: 'rejected', runningSince: 7 });
        const settled = await spool.settle(id, A, attempt('accepted'), RULES);
        expect(settled?.after.forwards[0]).toMatchObject({ state: 'accepted', attemptCount: 2 });
        expect(settled?.after.forwards[0]).not.toHaveProperty('runningSince');
      });

      it('goes on when its forward is given up, and nothing is left of it when that is discarded', async () => {
        const id = await idOf(storeOne());
        await spool.claim(id, A, 7);
        expect((await spool.bury(id, [A], 'too old'))?.after.forwards[0]).toMatchObject({
          state: 'dead',
          runningSince: 7,
        });
        await spool.discard(id);
        expect(await spool.settle(id, A, attempt('accepted'), RULES)).toBeUndefined();
        expect(await spool.get(id)).toBeUndefined();
      });
    });

    describe('the room', () => {
      const each = BYTES_PER_DELIVERY + 100;

      it('is for deliveries up to the limit and not one byte more', async () => {
        spool = await openAfter(spool, 2 * each);
        const id = await idOf(storeOne({ bytes: 100 }));
        await expect(storeOne({ bytes: 101 })).rejects.toMatchObject({
          code: 'spool-full',
          message: `the spool holds ${each} of ${2 * each} bytes`,
        });
        expect(await spool.list(Infinity, 10)).toHaveLength(1);
        await storeOne({ bytes: 100 });
        await expect(storeOne({ bytes: 0 })).rejects.toMatchObject({ code: 'spool-full' });
        expect(spool.bytes).toBe(2 * each);
        await spool.discard(id);
        await storeOne({ bytes: 100 });
        expect(spool.bytes).toBe(2 * each);
      });

      it('is not given twice to deliveries that come at once', async () => {
        spool = await openAfter(spool, 2 * each);
        const stored = await Promise.allSettled(Array.from({ length: 4 }, () => storeOne({ bytes: 100 })));
        expect(stored.map(({ status }) => status)).toEqual([
          'fulfilled',
          'fulfilled',
          'rejected',
          'rejected',
        ]);
        expect(spool.bytes).toBe(2 * each);
      });
    });

    describe('a payload', () => {
      it.each([0, 1, 100_000])('of %d bytes is as it was, as long as a forward is kept', async (bytes) => {
        const id = await idOf(storeOne({ bytes, backends: [A, 'http://b', 'http://c'] }));
        await spool.settle(id, A, attempt('accepted'), RULES);
        await spool.bury(id, ['http://b'], 'too old');
        await spool.settle(id, 'http://c', attempt('rejected'), RULES);
        expect(await spool.payload(id)).toEqual(payloadOf(bytes));
        await spool.discard(id, ['http://b']);
        expect(await spool.payload(id)).toEqual(payloadOf(bytes));
        await spool.release(id);
        expect([await spool.payload(id), spool.bytes, spool.counts().size]).toEqual([undefined, 0, 0]);
      });

      it.each<[string, Buffer | undefined]>([
        ['is not what was stored', payloadOf(11)],
        ['is gone', undefined],
      ])('is an error if it %s, and its delivery is there', async (_what, damaged) => {
        const id = await idOf(storeOne());
        await store.damage(id, damaged);
        await expect(spool.payload(id)).rejects.toMatchObject({
          code: 'payload-gone',
          message: `the payload of delivery ${id} is damaged`,
        });
        expect(await spool.get(id)).toBeDefined();
      });
    });

    describe('a GUID', () => {
      it('finds its own deliveries only, latest first', async () => {
        const ids: number[] = [];
        for (const guid of ['a', 'ab', 'a', '', '\u00ff', 'a']) ids.push(await idOf(storeOne({ guid })));
        const found = async (guid: string) =>
          (await spool.find(guid)).map(({ delivery }) => ids.indexOf(delivery.id));
        expect([await found('a'), await found('ab'), await found(''), await found('\u00ff')]).toEqual([
          [5, 2, 0],
          [1],
          [3],
          [4],
        ]);
      });

      it.each([
        [undefined, 0, 1],
        ['g', 1, 0],
        ['g'.repeat(128), 1, 0],
        ['g'.repeat(129), 0, 1],
        ['g'.repeat(2_000), 0, 1],
      ])('%s: found %d times by it, %d times by the payload', async (guid, byGuid, byDigest) => {
        const stored = await storeOne(guid === undefined ? {} : { guid });
        const { id, payloadDigest } = stored.delivery;
        expect(await spool.find(guid ?? 'none')).toHaveLength(byGuid);
        expect(await spool.find(payloadDigest)).toHaveLength(byDigest);
        expect(await spool.get(id)).toEqual(stored);
        await spool.discard(id);
        expect([...(await spool.find(guid ?? 'none')), ...(await spool.find(payloadDigest))]).toEqual([]);
      });
    });

    it('keeps apart backends with URLs of 2,048 characters that differ in the last', async () => {
      const urls = ['a', 'b'].map((last) => `http://h/${'x'.repeat(2038)}${last}`);
      for (const url of urls) {
        const id = await idOf(storeOne({ backends: [url] }));
        await spool.keepBackend(url);
        expect((await spool.owedTo(url, 10)).map(({ delivery }) => delivery.id)).toEqual([id]);
        expect(spool.counts().get(url)).toEqual({ owed: 1, running: 0, dead: 0, rejected: 0 });
      }
      expect((await spool.registeredBackends()).sort()).toEqual(urls);
    });

    describe('changes made at once', () => {
      it('are all made, each on what the one before it left', async () => {
        const id = await idOf(storeOne({ backends: [A, 'http://b'] }));
        await Promise.all(Array.from({ length: 50 }, () => spool.settle(id, A, attempt('rejected'), RULES)));
        expect(await forwardOf(id)).toMatchObject({ attemptCount: 50 });
        const [first, second] = await Promise.all([spool.discard(id), spool.discard(id)]);
        expect([first?.before.delivery.id, second]).toEqual([id, undefined]);
        expect(spool.bytes).toBe(0);
      });

      it('are all there when it has been closed, whether or not they were waited for', async () => {
        const [id, other] = [await idOf(storeOne()), await idOf(storeOne())];
        const registered = spool.keepBackend(A);
        const changes = Promise.all([
          ...Array.from({ length: 20 }, () => storeOne()),
          spool.claim(id, A, 1),
          spool.discard(other),
        ]);
        spool = await openAfter(spool);
        await registered;
        expect((await changes).every((change) => change !== undefined)).toBe(true);
        expect(await spool.list(Infinity, 100)).toHaveLength(21);
        expect((await spool.abandoned()).map(({ delivery }) => delivery.id)).toEqual([id]);
        expect(await spool.registeredBackends()).toEqual([A]);
      });

      it('come too late when it has been closed', async () => {
        const id = await idOf(storeOne());
        const closed = spool;
        spool = await openAfter(closed);
        await closed.close();
        await expect(closed.discard(id)).rejects.toMatchObject({ code: 'spool-failed' });
        expect(await spool.get(id)).toBeDefined();
      });
    });

    it('tells who is there and who is gone', async () => {
      const [other, gone] = [store.isShared ? await openSpool() : spool, spool.holder];
      expect([await spool.isGone(gone), await other.isGone(other.holder)]).toEqual([false, false]);
      if (store.isShared)
        expect([await other.isGone(gone), await spool.isGone(other.holder)]).toEqual([false, false]);
      const after = await openAfter(spool);
      expect([await after.isGone(gone), await after.isGone(after.holder)]).toEqual([true, false]);
    });

    describe('a note', () => {
      const NOTE = { name: 'n', text: 'one', at: 2 };

      it('is found by its name, by whoever opens the store next', async () => {
        expect(await spool.note(NOTE, undefined)).toBe(true);
        expect(await spool.note({ ...NOTE, name: 'other' }, undefined)).toBe(true);
        const after = await openAfter(spool);
        expect(await after.noted(['n', 'none'])).toEqual(new Map([['n', 'one']]));
      });

      it('takes the place of the one it was meant to replace, and of no other', async () => {
        await spool.note(NOTE, undefined);
        expect(await spool.note({ ...NOTE, text: 'two' }, undefined)).toBe(false);
        expect(await spool.note({ ...NOTE, text: 'two' }, 'none')).toBe(false);
        expect(await spool.note({ ...NOTE, text: 'two' }, 'one')).toBe(true);
        expect(await spool.noted(['n'])).toEqual(new Map([['n', 'two']]));
      });

      it('of pauses is told when it is another than before, and others are not', async () => {
        const told: string[] = [];
        spool.watch(({ kind }) => told.push(kind));
        await spool.note(NOTE, undefined);
        await spool.note({ ...NOTE, name: PAUSES_NOTE }, 'none');
        expect(told).not.toContain('backends');
        await spool.note({ ...NOTE, name: PAUSES_NOTE }, undefined);
        expect(told).toContain('backends');
      });

      it('is kept for good if it is meant to be', async () => {
        await spool.note({ ...NOTE, at: KEPT_FOR_GOOD }, undefined);
        await spool.forgetNotes(KEPT_FOR_GOOD);
        expect(await spool.noted(['n'])).toEqual(new Map([['n', 'one']]));
      });

      it('is had by one of many who write it at once', async () => {
        const texts = Array.from({ length: 10 }, (_, n) => `text ${n}`);
        const had = await Promise.all(texts.map((text) => spool.note({ ...NOTE, text }, undefined)));
        expect(had.filter(Boolean)).toHaveLength(1);
      });

      it('is forgotten when it was made before the time, and not when it was made again since', async () => {
        await spool.note(NOTE, undefined);
        await spool.note({ ...NOTE, name: 'again' }, undefined);
        await spool.note({ name: 'again', text: 'two', at: 3 }, 'one');
        await spool.forgetNotes(3);
        expect(await spool.noted(['n', 'again'])).toEqual(new Map([['again', 'two']]));
      });
    });

    describe('who watches', () => {
      /** Looks again and again whether it is there, from before the change begins until it has ended. */
      async function sightings(change: () => Promise<unknown>, look: () => Promise<boolean>, kind: string) {
        const seen = new Set<string>();
        let told = 'not told';
        spool.watch((event) => {
          if (event.kind === kind) told = 'told';
        });
        const progress = { ended: false };
        const changed = change().finally(() => (progress.ended = true));
        while (!progress.ended) {
          const before = told;
          seen.add(`${before}: ${(await look()) ? 'there' : 'not there'}`);
          await setImmediate();
        }
        await changed;
        seen.add(`${told}: ${(await look()) ? 'there' : 'not there'}`);
        return [...seen].sort();
      }

      it('hears of what is owed before anybody finds it', async () => {
        const look = async () => (await spool.owedTo(A, 1)).length > 0;
        expect(await sightings(() => storeOne({ bytes: 1_000_000 }), look, 'owed')).toEqual([
          'not told: not there',
          'told: there',
        ]);
      });

      it('hears of what is over before anybody misses it', async () => {
        const stored = await storeOne({ guid: 'guid', bytes: 1_000_000 });
        const { id } = stored.delivery;
        const looks = [
          async () => (await spool.get(id)) !== undefined,
          async () => (await spool.find('guid')).length > 0,
          async () => (await spool.list(Infinity, 1)).length > 0,
        ];
        const look = async () => {
          const [first, ...others] = await Promise.all(looks.map((each) => each()));
          expect(others).toEqual(others.map(() => first));
          return first === true;
        };
        const settle = () => spool.settle(id, A, attempt('accepted'), RULES);
        expect(await sightings(settle, look, 'over')).toEqual(['not told: there', 'told: not there']);
      });

      it('finds what it is told of at once', async () => {
        const found: Promise<StoredDelivery[]>[] = [];
        spool.watch(() => found.push(spool.owedTo(A, 1)));
        const stored = await storeOne();
        expect(await Promise.all(found)).toEqual([[stored]]);
      });

      it('hears of a delivery as it left, unless nothing of it is left', async () => {
        const events = eventsOf(spool);
        const id = await idOf(storeOne({ backends: [A, 'http://b'] }));
        await spool.settle(id, A, attempt('accepted'), RULES);
        const discarded = await spool.discard(id);
        expect(discarded?.after.forwards.map(({ backend }) => backend)).toEqual([A]);
        await spool.discard(await idOf(storeOne({ backends: ['http://c'] })));
        expect(events.filter(({ kind }) => kind === 'over')).toEqual([
          { kind: 'over', delivery: discarded?.after },
        ]);
      });

      it('keeps nobody from being told, whatever comes of it, and ends when it likes', async () => {
        const warned = jest.spyOn(process, 'emitWarning').mockReturnValue();
        const end = spool.watch(() => {
          throw new Error('no');
        });
        const events = eventsOf(spool);
        await spool.keepBackend(A);
        end();
        await spool.forgetBackend(A);
        expect(events).toEqual([{ kind: 'backends' }, { kind: 'backends' }]);
        expect(warned).toHaveBeenCalledTimes(1);
        warned.mockRestore();
      });

      it('hears of what others do', async () => {
        if (!store.isShared) return;
        const other = await openSpool();
        const events = eventsOf(other);
        const untilHeard = (kind: SpoolEvent['kind']) =>
          new Promise<void>((resolve) => {
            const end = other.watch((event) => {
              if (event.kind !== kind) return;
              end();
              resolve();
            });
          });
        const owed = untilHeard('owed');
        const id = await idOf(storeOne());
        await owed;
        const backends = untilHeard('backends');
        await spool.keepBackend(A);
        await backends;
        expect(events).toContainEqual({ kind: 'owed', backend: A, id });
      });
    });
  });
}

import { BackendFilter } from '../../src/model/backend-filter.js';
import { matches } from '../../src/model/delivery-filter.js';
import { type Forward, filteredForward, newForward, shownState } from '../../src/model/forward.js';
import { filtersIn, keepFilter } from '../../src/spool/backend-filters.js';
import { type Spool } from '../../src/spool/spool.js';
import { newDelivery, payloadOf, type StoreUnderTest } from './store-under-test.js';

const A = 'http://a';
const B = 'http://b';
const PAYLOAD = payloadOf(10);
const PUSH = BackendFilter.of({ events: ['push'], repositories: ['org/*'] }) as BackendFilter;

/** What any engine makes of the filters of backends: of those of registered ones, and of what they leave out. */
export function describeFilters(name: string, makeStore: () => StoreUnderTest): void {
  describe(`filters in a spool: ${name}`, () => {
    let store: StoreUnderTest;
    let spool: Spool;

    beforeEach(async () => {
      store = makeStore();
      spool = await store.open();
    });

    afterEach(async () => {
      await spool.close();
      await store.remove();
    });

    const reopen = async () => {
      await spool.close();
      spool = await store.open();
    };

    /** Owed to A, and filtered for B. */
    async function storeOne(forwards: readonly Forward[] = [newForward(A), filteredForward(B, 'events')]) {
      const { delivery } = await spool.store({ ...newDelivery(PAYLOAD, []), forwards }, PAYLOAD);
      return delivery.id;
    }
    const statesOf = async (id: number) => (await spool.get(id))?.forwards.map(shownState);

    it('are found by whoever opens the store next, and are not forgotten with old notes', async () => {
      await keepFilter(spool, A, PUSH);
      await spool.forgetNotes(Date.now());
      await reopen();
      const filters = await filtersIn(spool);
      expect([...filters.keys()]).toEqual([A]);
      expect(filters.get(A)?.lists).toEqual({ events: ['push'], repositories: ['org/*'] });
    });

    it('are all kept when they are changed at once', async () => {
      const keys = Array.from({ length: 10 }, (_, n) => `http://${n}`);
      await Promise.all(keys.map((key) => keepFilter(spool, key, PUSH)));
      expect([...(await filtersIn(spool)).keys()].sort()).toEqual(keys);
      await Promise.all(keys.slice(1).map((key) => keepFilter(spool, key, undefined)));
      expect([...(await filtersIn(spool)).keys()]).toEqual(keys.slice(0, 1));
    });

    it('leave out a forward that is not missed: neither counted nor owed, and gone with the others', async () => {
      const id = await storeOne();
      await reopen();
      expect(await statesOf(id)).toEqual(['owed', 'filtered']);
      expect([...spool.counts().keys()]).toEqual([A]);
      expect(await spool.owedTo(B, 10)).toEqual([]);
      await spool.discard(id);
      expect(await spool.get(id)).toBeUndefined();
    });

    it('leave it in a state that an older program knows', async () => {
      const id = await storeOne();
      const [, forward] = (await spool.get(id))?.forwards ?? [];
      expect(forward).toMatchObject({ state: 'accepted', attemptCount: 0, attempts: [] });
    });

    it('keep it from every claim but of what is filtered', async () => {
      const id = await storeOne();
      const others = ['owed', 'accepted', 'rejected', 'dead'] as const;
      expect(await spool.claim(id, B, 1, others)).toBeUndefined();
      expect(await spool.revive(id, [B], others)).toBeUndefined();
      await spool.claim(id, B, 1, ['filtered']);
      expect(await statesOf(id)).toEqual(['owed', 'owed']);
      const rules = { guarantee: 'at-least-once', othersGotThrough: false } as const;
      await spool.settle(id, B, { at: 1, outcome: 'accepted', durationMs: 1, status: 202 }, rules);
      expect(await statesOf(id)).toEqual(['owed', 'accepted']);
      expect((await spool.get(id))?.forwards[1]).not.toHaveProperty('reason');
    });

    it('are what it is listed by, and not as accepted', async () => {
      const id = await storeOne();
      const accepted = await storeOne([
        newForward(A),
        { ...newForward(B), state: 'accepted', attemptCount: 1 },
      ]);
      const listed = async (state: 'accepted' | 'filtered', backend?: string) => {
        const filter = { state, ...(backend !== undefined && { backend }) };
        // An engine may give others too.
        const found = await spool.list(Number.MAX_SAFE_INTEGER, 10, filter);
        return found.filter((stored) => matches(stored, filter)).map(({ delivery }) => delivery.id);
      };
      expect(await listed('filtered')).toEqual([id]);
      expect(await listed('filtered', B)).toEqual([id]);
      expect(await listed('filtered', A)).toEqual([]);
      expect(await listed('accepted', 'b')).toEqual([accepted]);
    });
  });
}

import { MemorySpool, MemoryStore } from '../support/memory-spool.js';
import { describeSpool } from './contract.js';
import { newDelivery, payloadOf } from './store-under-test.js';

describeSpool('in memory', () => {
  const store = new MemoryStore();
  return {
    isShared: true,
    open: (maxBytes = Infinity) => Promise.resolve(new MemorySpool({ store, maxBytes })),
    damage: (id, payload) => {
      if (payload === undefined) store.payloads.delete(id);
      else store.payloads.set(id, payload);
      return Promise.resolve();
    },
    remove: () => Promise.resolve(),
  };
});

it('fails when it is told to, and only then', async () => {
  const spool = new MemorySpool();
  const store = () => spool.store(newDelivery(payloadOf(1), ['http://a']), payloadOf(1));
  spool.failing = true;
  await expect(store()).rejects.toMatchObject({ code: 'spool-failed' });
  spool.failing = false;
  await store();
  expect(await spool.list(Infinity, 10)).toHaveLength(1);
});

import { getHeapStatistics } from 'node:v8';

import { Leftovers } from './leftovers.js';

const MIB = 1024 * 1024;

/** Bytes beside the heap that Buffers hold, whether somebody still needs them or not. */
const externalBytes = () => getHeapStatistics().external_memory;

it('pieces that nobody needs any more are collected as others come', () => {
  const leftovers = new Leftovers();
  const before = externalBytes();
  for (let n = 0; n < 4096; n += 1) leftovers.came(Buffer.alloc(64 * 1024).length);
  expect(externalBytes() - before).toBeLessThan(64 * MIB);
});

it('large payloads that nobody needs any more are collected as others go', async () => {
  const leftovers = new Leftovers();
  const before = externalBytes();
  for (let n = 0; n < 40; n += 1) {
    leftovers.left(Buffer.alloc(8 * MIB).length);
    await new Promise(setImmediate);
  }
  expect(externalBytes() - before).toBeLessThan(128 * MIB);
});

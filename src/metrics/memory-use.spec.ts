import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { anonymousBytes, memoryUsedBytes } from './memory-use.js';

it('counts what is no page of a file', () => {
  expect(
    anonymousBytes(
      'VmRSS:\t  116654 kB\nRssAnon:\t   70000 kB\nRssFile:\t   46654 kB\nRssShmem:\t       0 kB\n',
    ),
  ).toBe(70_000 * 1024);
});

it('fails where the kernel does not say', () => {
  expect(() => anonymousBytes('VmRSS:\t  116654 kB\n')).toThrow('RssAnon');
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('grows with what the process holds', () => {
  // Else what the tests before have left would go meanwhile.
  collectGarbage();
  collectGarbage();
  const before = memoryUsedBytes();
  // Some of it may be what the tests before have left to be used again.
  const held = Array.from({ length: 4 }, () => Buffer.alloc(64 * 1024 * 1024, 1));
  expect(memoryUsedBytes() - before).toBeGreaterThan(64 * 1024 * 1024);
  expect(held).toHaveLength(4);
});

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

it('grows with what the process holds', () => {
  const MIB = 1024 * 1024;
  const held: Buffer[] = [];
  // What the tests before have left is used again, or goes, whenever the engine likes.
  let least = memoryUsedBytes();
  while (memoryUsedBytes() - least <= 64 * MIB && held.length < 32) {
    held.push(Buffer.alloc(64 * MIB, 1));
    least = Math.min(least, memoryUsedBytes());
  }
  expect(memoryUsedBytes() - least).toBeGreaterThan(64 * MIB);
});

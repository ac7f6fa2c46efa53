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
  const before = memoryUsedBytes();
  const held = Buffer.alloc(64 * 1024 * 1024, 1);
  expect(memoryUsedBytes() - before).toBeGreaterThan(held.length / 2);
});

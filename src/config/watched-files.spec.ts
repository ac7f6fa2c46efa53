import { renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { useTempDir } from '../../test/support/temp-dir.js';
import { watchFiles } from './watched-files.js';

const dir = useTempDir();
const at = (name: string) => join(dir.path, name);

let changes: number;
let unwatch: () => void;

beforeEach(() => {
  jest.useFakeTimers();
  writeFileSync(at('one'), 'one');
  writeFileSync(at('target'), 'two');
  symlinkSync('target', at('two'));
  changes = 0;
  unwatch = watchFiles(['one', 'two', 'none'].map(at), () => (changes += 1));
});

afterEach(() => {
  unwatch();
  jest.useRealTimers();
});

const write = (name: string) => {
  writeFileSync(at(name), 'longer than before');
};

it.each<[what: string, change: () => void]>([
  [
    'is written',
    () => {
      write('one');
    },
  ],
  [
    'is removed',
    () => {
      unlinkSync(at('one'));
    },
  ],
  [
    'appears',
    () => {
      write('none');
    },
  ],
  [
    'is a link to one that is written',
    () => {
      write('target');
    },
  ],
  [
    'is a link that is swapped',
    () => {
      write('next');
      symlinkSync('next', at('next-link'));
      renameSync(at('next-link'), at('two'));
    },
  ],
  [
    'is one of two that change',
    () => {
      write('one');
      write('target');
    },
  ],
])('tells once, within a second, of a file that %s', (_what, change) => {
  change();
  expect(changes).toBe(0);
  jest.advanceTimersByTime(1000);
  expect(changes).toBe(1);
  jest.advanceTimersByTime(5000);
  expect(changes).toBe(1);
});

it('tells of every change, and of none after the end', () => {
  write('one');
  jest.advanceTimersByTime(1000);
  unlinkSync(at('one'));
  jest.advanceTimersByTime(1000);
  expect(changes).toBe(2);
  unwatch();
  write('one');
  jest.advanceTimersByTime(1000);
  expect(changes).toBe(2);
});

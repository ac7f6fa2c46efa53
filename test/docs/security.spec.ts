import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, textOf } from './pages.js';

const rows = textOf('docs/security.md')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

it.each(rows)('%s%s: has a defence, and tests that are there', (_edge, _threat, defence, tests = '') => {
  expect(defence).not.toBe('');
  const files = [...tests.matchAll(/`((?:src|test)\/[^`]+)`/g)].map(([, file = '']) => file);
  expect(files).not.toEqual([]);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

it.each(readdirSync(join(ROOT, 'test/attack')).filter((file) => file.endsWith('.spec.ts')))(
  'names test/attack/%s',
  (file) => {
    expect(textOf('docs/security.md')).toContain(`test/attack/${file}`);
  },
);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { pages, proseOf, ROOT } from './pages.js';

const DIRECTORY = join(ROOT, 'docs/pictures');
const MAX_BYTES = 150 * 1024;
/** With which every PNG begins. */
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const pictures = readdirSync(DIRECTORY);

it('there are some', () => {
  expect(pictures.length).toBeGreaterThan(0);
});

it.each(pictures)('%s is a PNG of at most 150 KB', (name) => {
  const bytes = readFileSync(join(DIRECTORY, name));
  expect(bytes.subarray(0, SIGNATURE.length)).toEqual(SIGNATURE);
  expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES);
});

it.each(pictures)('%s is shown by a page', (name) => {
  expect(pages.some((page) => proseOf(page).includes(`pictures/${name}`))).toBe(true);
});

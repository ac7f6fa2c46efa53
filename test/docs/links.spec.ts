import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { pages, proseOf, ROOT } from './pages.js';

/** What a heading is called in a link, as GitHub has it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const links = pages.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => [page, link] as const),
);

it('finds the links of a page', () => {
  expect(links).toContainEqual(['README.md', 'docs/http.md']);
});

it.each(links)('%s leads to what is there: %s', (page, link) => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  expect(existsSync(join(ROOT, target))).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor);
});

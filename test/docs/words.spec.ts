import { documentedVariables } from '../../src/config/environment-variables.js';
import * as names from '../../src/metrics/names.js';
import { operations } from '../support/description.js';
import { pages, proseOf, textOf } from './pages.js';

const metrics = Object.values<unknown>(names).filter((name) => typeof name === 'string');

/** Each name of a kind on any page, with the page. */
const named = (pattern: RegExp): [page: string, name: string][] =>
  pages.flatMap((page) =>
    [...new Set([...proseOf(page).matchAll(pattern)].map(([name]) => name))].map((name): [string, string] => [
      page,
      name,
    ]),
  );

it.each(named(/\bsprayproxy_[a-z_]+[a-z]\b/g))('%s names a metric there is: %s', (_page, name) => {
  expect(metrics).toContain(name.replace(/_(bucket|count|sum)$/, ''));
});

it.each(named(/\b(SPRAYPROXY|GH_APP)_[A-Z_]+[A-Z]\b/g))('%s names a variable there is: %s', (_page, name) => {
  expect([...documentedVariables.keys()]).toContain(name);
});

it.each(operations)('docs/http.md has a row for %s', (operation) => {
  const [method = '', path = ''] = operation.split(' ');
  const request = `${method.toUpperCase()} ${path.replace('{id}', '<id>')}`;
  const rows = textOf('docs/http.md').split('\n');
  expect(rows.filter((row) => new RegExp(`^\\| \`${request}(\`|\\?)`).test(row))).toHaveLength(1);
});

it('the README is at most 150 lines', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { documentedVariables } from '../../src/config/environment-variables.js';
import * as names from '../../src/metrics/names.js';
import { operations } from '../support/description.js';
import { pages, proseOf, ROOT, textOf } from './pages.js';

const metrics = Object.values<unknown>(names).filter((name) => typeof name === 'string');

const tables = ['migrations', 'start'].flatMap((file) =>
  [
    ...textOf(`src/spool/postgres/${file}.ts`).matchAll(
      /(?:CREATE TABLE |TableName: ')(sprayproxy_[a-z_]+)/g,
    ),
  ].map(([, table]) => table),
);

/** Each name of a kind on any page, with the page. */
const named = (pattern: RegExp): [page: string, name: string][] =>
  pages.flatMap((page) =>
    [...new Set([...proseOf(page).matchAll(pattern)].map(([name]) => name))].map((name): [string, string] => [
      page,
      name,
    ]),
  );

it.each(named(/\bsprayproxy_[a-z_]+[a-z]\b/g))('%s names a metric or a table there is: %s', (_page, name) => {
  expect([...metrics, ...tables]).toContain(name.replace(/_(bucket|count|sum)$/, ''));
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

it.each(
  readdirSync(join(ROOT, 'src/check'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => [
      ...textOf(`src/check/${file}`).matchAll(/\b(?:timedTogether|check|step)\('([a-z-]+)'/g),
    ])
    .map(([, check = '']) => check),
)('docs/operating.md has a row for the check %s', (check) => {
  const rows = textOf('docs/operating.md').split('\n');
  expect(rows.filter((row) => /^\| `[^|]+\|/.exec(row)?.[0].includes(`\`${check}\``))).toHaveLength(1);
});

it('the README is at most 150 lines', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

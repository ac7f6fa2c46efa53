import { withConfigurationTable } from '../../scripts/configuration-table.js';
import { documentedVariables } from '../../src/config/environment-variables.js';
import { textOf } from './pages.js';

const page = textOf('docs/configuration.md');

it('the table of docs/configuration.md is as the program declares it: npm run docs:configuration', () => {
  expect(withConfigurationTable(page)).toBe(page);
});

it.each([...documentedVariables.keys()])('has one row for %s', (name) => {
  expect(page.split('\n').filter((line) => line.startsWith(`| \`${name}\` `))).toHaveLength(1);
});

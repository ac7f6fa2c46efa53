import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { documentedVariables } from './environment-variables.js';

describe('the table of docs/configuration.md', () => {
  const rows = () => readFileSync(join(__dirname, '../../docs/configuration.md'), 'utf8').split('\n');

  it.each([...documentedVariables])('has a row for %s, with its default', (name, documentation) => {
    const row = rows().find((line) => line.startsWith(`| \`${name}\``));
    expect(row).toBeDefined();
    if (documentation.default !== undefined)
      expect(row?.split(/[\s|`(),;]+/)).toContain(documentation.default);
  });

  it('has no row for a variable that does not exist', () => {
    const names = rows().flatMap((line) => /^\| `((?:SPRAYPROXY|GH_APP)_\w+)`/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !documentedVariables.has(name))).toEqual([]);
  });
});

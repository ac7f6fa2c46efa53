import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configFor } from '../../test/support/config-for.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { checkSecrets } from './secret.check.js';

const dir = useTempDir();
const TRAILING = 'is read without white space at the end of a line';
const LEADING = 'begins with white space, which counts';

describe('a secret', () => {
  it.each([
    ['x'.repeat(16), 'ok', 'present and long enough'],
    [`${'x'.repeat(8)} ${'x'.repeat(8)}`, 'ok', 'present and long enough'],
    [`${'x'.repeat(16)}\n`, 'ok', 'present and long enough'],
    [`${'x'.repeat(16)} \n`, 'warning', TRAILING],
    [`\ufeff${'x'.repeat(16)}`, 'warning', 'is read without a byte order mark'],
    [` ${'x'.repeat(16)}`, 'warning', LEADING],
    [` ${'x'.repeat(16)} `, 'warning', `${TRAILING}; ${LEADING}`],
  ])('%j: %s', (secret, status, detail) => {
    expect(checkSecrets(configFor({ GH_APP_WEBHOOK_SECRET: secret }))).toMatchObject([
      ['GH_APP_WEBHOOK_SECRET', { status, detail }],
    ]);
  });
});

it('looks at every secret, and shows none', () => {
  const file = join(dir.path, 'secrets');
  writeFileSync(file, ' tell-nobody-of-it\n\na secret that is long enough\n');
  const found = checkSecrets(
    configFor({ GH_APP_WEBHOOK_SECRET: 'not-you-of-all-people', GH_APP_WEBHOOK_SECRET_FILE: file }),
  );
  expect(found.map(([subject, { status }]) => [subject, status])).toEqual([
    ['GH_APP_WEBHOOK_SECRET', 'ok'],
    ['GH_APP_WEBHOOK_SECRET_FILE, secret 1', 'warning'],
    ['GH_APP_WEBHOOK_SECRET_FILE, secret 2', 'ok'],
  ]);
  expect(JSON.stringify(found)).not.toMatch(/tell-nobody|not-you|a secret that/);
});

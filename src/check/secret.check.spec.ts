import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configFor } from '../../test/support/config-for.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { checkSecret, checkSecrets } from './secret.check.js';

const dir = useTempDir();

describe('a secret', () => {
  it.each([
    ['x'.repeat(15), 'warning', 'shorter than 16 characters'],
    ['x'.repeat(16), 'ok', 'present and long enough'],
    ['x'.repeat(17), 'ok', 'present and long enough'],
    [`${'x'.repeat(16)}\n`, 'warning', 'begins or ends with white space, which counts'],
    [` ${'x'.repeat(16)}`, 'warning', 'begins or ends with white space, which counts'],
    ['x ', 'warning', 'shorter than 16 characters; begins or ends with white space, which counts'],
  ])('%j: %s', (secret, status, detail) => {
    expect(checkSecret(secret)).toMatchObject({ status, detail });
  });
});

it('looks at every secret, and shows none', () => {
  const file = join(dir.path, 'secrets');
  writeFileSync(file, 'tell-nobody\n\na secret that is long enough\n');
  const found = checkSecrets(
    configFor({ GH_APP_WEBHOOK_SECRET: 'not-you', GH_APP_WEBHOOK_SECRET_FILE: file }),
  );
  expect(found.map(([subject, { status }]) => [subject, status])).toEqual([
    ['GH_APP_WEBHOOK_SECRET', 'warning'],
    ['GH_APP_WEBHOOK_SECRET_FILE, secret 1', 'warning'],
    ['GH_APP_WEBHOOK_SECRET_FILE, secret 2', 'ok'],
  ]);
  expect(JSON.stringify(found)).not.toMatch(/tell-nobody|not-you|a secret that/);
});

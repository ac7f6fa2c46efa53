import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configFor } from '../../test/support/config-for.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { type SpoolDatabase, spoolPassword } from './spool-password.js';

const dir = useTempDir();
const URL = 'postgres://me@db/spray';

const database = (environment: Readonly<Record<string, string>>): SpoolDatabase => {
  const { spoolDatabase } = configFor({ SPRAYPROXY_SPOOL_URL: URL, ...environment });
  if (spoolDatabase === undefined) throw new Error('no database');
  return spoolDatabase;
};

it('is the first line of its file, as it is when it is asked for', () => {
  const file = join(dir.path, 'password');
  writeFileSync(file, 'first \r\nnothing');
  const password = spoolPassword(database({ SPRAYPROXY_SPOOL_PASSWORD_FILE: file, PGPASSWORD: 'other' }));
  expect(password()).toBe('first ');

  writeFileSync(file, 'second');
  expect(password()).toBe('second');

  rmSync(file);
  expect(password).toThrow('ENOENT');
});

it('is PGPASSWORD where no file is named', () => {
  expect(spoolPassword(database({ PGPASSWORD: 'word' }))()).toBe('word');
});

it.each(['postgres://me:own@db/spray', 'postgres://me@db/spray?password=own'])(
  'is left to %s, which has it',
  (url) => {
    expect(spoolPassword(database({ SPRAYPROXY_SPOOL_URL: url, PGPASSWORD: 'word' }))()).toBeUndefined();
  },
);

it('is left to PGPASSFILE where nothing gives it', () => {
  expect(spoolPassword(database({}))()).toBeUndefined();
});

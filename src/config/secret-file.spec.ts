import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { useTempDir } from '../../test/support/temp-dir.js';
import { readSecretFile } from './secret-file.js';

const dir = useTempDir();

it.each([
  ['', []],
  ['\n', []],
  ['one', ['one']],
  ['one\n', ['one']],
  ['one\r\ntwo\r\n', ['one', 'two']],
  ['one\n\n\ntwo', ['one', 'two']],
  [' one \n\ttwo', [' one ', '\ttwo']],
  ['schlüssel', ['schlüssel']],
])('reads %j as %j', (content, secrets) => {
  const file = join(dir.path, 'secrets');
  writeFileSync(file, content);
  expect(readSecretFile(file)).toEqual(secrets);
});

it('throws where there is no file', () => {
  expect(() => readSecretFile(join(dir.path, 'missing'))).toThrow('ENOENT');
});

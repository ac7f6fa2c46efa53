import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { thrownBy } from '../../test/support/thrown-by.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { readSecretFile } from './secret-file.js';

const dir = useTempDir();

function read(content: string | Buffer) {
  const file = join(dir.path, 'secrets');
  writeFileSync(file, content);
  return readSecretFile(file);
}

it('reads a whole file', () => {
  const secrets = ['the first secret of all', 'schlüssel zum ganzen'];
  expect(read(secrets.join('\n'))).toEqual({ secrets, dropped: [] });
});

it('reads a file of 4 KiB, and none that is larger', () => {
  expect(read('x'.repeat(4096)).secrets).toEqual(['x'.repeat(4096)]);
  for (const size of [4097, 10_000_000]) {
    expect(thrownBy(() => read('x'.repeat(size)))).toMatchObject({ reason: 'too-large' });
  }
});

it('says that there is no file', () => {
  expect(thrownBy(() => readSecretFile(join(dir.path, 'missing')))).toMatchObject({
    reason: 'unreadable',
    message: expect.stringContaining('ENOENT') as string,
  });
});

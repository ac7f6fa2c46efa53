import { readFileSync } from 'node:fs';

/**
 * The secrets of a file, one a line; empty lines do not count, other white space does.
 * @throws what `readFileSync` throws.
 */
export function readSecretFile(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

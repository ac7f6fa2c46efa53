import { closeSync, openSync, readSync } from 'node:fs';

import { MAX_SECRET_BYTES, type ReadSecrets, readSecrets, SecretFault } from './secrets.js';

/**
 * The secrets of a file, one a line.
 * @throws SecretFault
 */
export function readSecretFile(path: string): ReadSecrets {
  let bytes: Buffer;
  try {
    bytes = beginningOf(path, MAX_SECRET_BYTES + 1);
  } catch (error) {
    throw new SecretFault('unreadable', error instanceof Error ? error.message : String(error));
  }
  return readSecrets(bytes);
}

/** Reads no more than it must: a file that was named by mistake may be of any size. */
function beginningOf(path: string, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    for (let read = 1; read > 0 && filled < length; filled += read) {
      read = readSync(file, buffer, filled, length - filled, null);
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

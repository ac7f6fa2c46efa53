import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Whether the two files hold a PEM certificate and its key. */
export function isKeyPair(certFile: string, keyFile: string): boolean {
  try {
    createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
    return true;
  } catch {
    return false;
  }
}

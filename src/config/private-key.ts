import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MAX_BYTES = 64 * 1024;

/** A key cannot be used. The message completes "it must …", or tells why it cannot be read. */
export class PrivateKeyFault extends Error {}

/**
 * The RSA key in a PEM file, PKCS #1 or #8, as PKCS #8.
 * @throws PrivateKeyFault
 */
export function readPrivateKey(path: string): string {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (error) {
    throw new PrivateKeyFault(
      `name a file that this process can read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
  const key = text.length > MAX_BYTES ? undefined : keyIn(text);
  if (key?.asymmetricKeyType !== 'rsa')
    throw new PrivateKeyFault('name a file with an RSA private key in PEM, without a passphrase');
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function keyIn(text: Buffer) {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

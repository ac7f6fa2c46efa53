import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** PEM files that belong together. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** PEM; the certificate may have its chain after it. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws Error if one of the files cannot be read */
export const readKeyPair = ({ certFile, keyFile }: TlsFiles): KeyPair => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
});

/** @throws Error if the pair is none: of a key of another kind than the certificate's, OpenSSL does not notice by itself. */
export function assertKeyPair({ cert, key }: KeyPair): void {
  createSecureContext({ cert, key });
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error('the key is not that of the certificate');
}

/** Whether the two files hold a PEM certificate and its key. */
export function isKeyPair(files: TlsFiles): boolean {
  try {
    assertKeyPair(readKeyPair(files));
    return true;
  } catch {
    return false;
  }
}

import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

import { type BackendTlsFiles } from '../../config/backend-tls-files.js';
import { certificatesIn } from '../../config/certificates.js';

/** From Node 22.15 on it knows what is trusted by default; before, that is put together. */
const { getCACertificates } = tls as { getCACertificates?: () => string[] };

/** Whom connections to backends trust, and what they show. @throws Error if a file cannot be used */
export function backendSecureContext({ caFile, extraCaFile, client }: BackendTlsFiles): tls.SecureContext {
  return tls.createSecureContext({
    ...(caFile !== undefined && { ca: [...trustedByDefault(extraCaFile), ...certificatesOf(caFile)] }),
    ...(client !== undefined && { cert: readFileSync(client.certFile), key: readFileSync(client.keyFile) }),
  });
}

const trustedByDefault = (extraCaFile: string | undefined): readonly string[] =>
  getCACertificates?.() ?? [
    ...tls.rootCertificates,
    ...(extraCaFile === undefined ? [] : certificatesOf(extraCaFile)),
  ];

function certificatesOf(file: string): string[] {
  const certificates = certificatesIn(readFileSync(file, 'latin1'));
  if (certificates.length === 0) throw new Error('there is no certificate in it');
  return certificates;
}

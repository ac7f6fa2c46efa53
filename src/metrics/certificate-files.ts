import { type Server } from 'node:https';

import { type Counter } from 'prom-client';

import { assertKeyPair, type KeyPair, readKeyPair, type TlsFiles } from '../config/key-pair.js';
import { watchFiles } from '../config/watched-files.js';
import { tlsOptions } from '../http/tls-options.js';
import { type Logger } from '../logging/logger.js';

/**
 * Has a server use its certificate as it is on disk, for connections from then on. Files that are gone or do not go
 * together, half of a renewal, say, leave it with the one it has.
 * @param variables that name the two files
 * @param telemetry of what fails, by variable and reason
 * @returns ends it
 */
export function keepCertificate(
  server: Server,
  files: TlsFiles,
  variables: readonly [cert: string, key: string],
  telemetry: { readonly logger: Logger; readonly failures: Counter },
): () => void {
  const [variable, keyVariable] = variables;
  const { logger, failures } = telemetry;
  for (const reason of ['unreadable', 'unusable']) failures.inc({ variable, reason }, 0);
  const failed = (reason: string, error: unknown) => {
    failures.inc({ variable, reason });
    logger.error(
      { reason, why: error instanceof Error ? error.message : String(error) },
      `${variable} or ${keyVariable} changed and cannot be used; the certificate read before stays in use`,
    );
  };
  return watchFiles([files.certFile, files.keyFile], () => {
    let pair: KeyPair;
    try {
      pair = readKeyPair(files);
    } catch (error) {
      failed('unreadable', error);
      return;
    }
    try {
      // The server would be left with half of what it cannot use.
      assertKeyPair(pair);
      server.setSecureContext(tlsOptions(pair));
      logger.info({ variable }, 'certificate read again');
    } catch (error) {
      failed('unusable', error);
    }
  });
}

import { readFileSync } from 'node:fs';
import { type Server } from 'node:https';
import { type Counter } from 'prom-client';
import { createSecureContext } from 'node:tls';

import { watchFiles } from '../config/watched-files.js';
import { type Logger } from '../logging/logger.js';

const VARIABLE = 'SPRAYPROXY_SERVER_METRICS_CERT';

/** PEM files that belong together. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export const readCertificate = ({ certFile, keyFile }: CertificateFiles) => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
});

/**
 * Has a server use its certificate as it is on disk, for connections from then on. Files that are gone or do not go
 * together, half of a renewal, say, leave it with the one it has.
 * @param failures by variable and reason
 * @returns ends it
 */
export function keepCertificate(
  server: Server,
  files: CertificateFiles,
  logger: Logger,
  failures: Counter,
): () => void {
  const variable = VARIABLE;
  for (const reason of ['unreadable', 'unusable']) failures.inc({ variable, reason }, 0);
  const failed = (reason: string, error: unknown) => {
    failures.inc({ variable, reason });
    logger.error(
      { reason, why: error instanceof Error ? error.message : String(error) },
      'SPRAYPROXY_SERVER_METRICS_CERT or SPRAYPROXY_SERVER_METRICS_KEY changed and cannot be used; the certificate read before stays in use',
    );
  };
  return watchFiles([files.certFile, files.keyFile], () => {
    let pair: ReturnType<typeof readCertificate>;
    try {
      pair = readCertificate(files);
    } catch (error) {
      failed('unreadable', error);
      return;
    }
    try {
      // The server would be left with half of what it cannot use.
      createSecureContext(pair);
      server.setSecureContext(pair);
      logger.info('metrics certificate read again');
    } catch (error) {
      failed('unusable', error);
    }
  });
}

import { ValidateBy } from 'class-validator';
import { readFileSync } from 'node:fs';

import { certificatesIn } from './certificates.js';
import { parseProxyUrl } from './proxies.js';

/** The URL of an HTTP proxy; its scheme may be left out. */
export const ProxyUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'proxyUrl',
    validator: {
      validate: (text: unknown) => parseProxyUrl(text as string) !== undefined,
      defaultMessage: () => '$property must be the URL of a proxy, http:// or https://, or host:port',
    },
  });

/** The path of a file with PEM certificates, that this process can read now. */
export const CertificatesFile = (): PropertyDecorator =>
  ValidateBy({
    name: 'certificatesFile',
    validator: {
      validate: (path: unknown) => {
        try {
          return certificatesIn(readFileSync(path as string, 'latin1')).length > 0;
        } catch {
          return false;
        }
      },
      defaultMessage: () => '$property must name a file with PEM certificates that this process can read',
    },
  });

import { X509Certificate } from 'node:crypto';

const PEM =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** The certificates of a PEM file, each by itself. @throws Error if one of them cannot be read */
export const certificatesIn = (text: string): string[] =>
  [...text.matchAll(PEM)].map(([pem]) => {
    new X509Certificate(pem);
    return pem;
  });

import { constants } from 'node:crypto';
import { type SecureContextOptions } from 'node:tls';

import { type KeyPair } from '../config/key-pair.js';

/**
 * What a listener agrees on with whoever connects; it has to be said again with every renewal. Nobody needs a second
 * handshake on a connection, and each may take memory as the first one may.
 */
export const tlsOptions = (pair: KeyPair): SecureContextOptions => ({
  ...pair,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
});

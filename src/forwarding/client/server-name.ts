import { isIP } from 'node:net';

/** The name a TLS server is asked for: without the root's dot; empty for an address, which is no name. */
export const serverName = (hostname: string): string =>
  isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '';

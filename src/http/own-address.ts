import { isIPv6 } from 'node:net';

/**
 * An address at which to ask a listener on this host.
 * @param host what it listens on; `undefined`: all interfaces
 */
export function ownAddress(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0') return '127.0.0.1';
  return isIPv6(host) && /^[0:]+$/.test(host) ? '::1' : host;
}

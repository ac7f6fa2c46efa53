import { toBackends } from '../model/to-backends.js';
import { backendUrlsIn } from './backend-list.js';
import { type EnvironmentVariables } from './environment-variables.js';
import { isOurs, ownListeners } from './own-listeners.js';
import { HttpProxy, parseProxyUrl } from './proxies.js';

const PROXIES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'] as const;

/** What would be sent to this program by itself. @param isSound whether the own value of a variable can be used */
export function ownAddressFaults(
  variables: EnvironmentVariables,
  isSound: (name: keyof EnvironmentVariables) => boolean,
): string[] {
  /** Of a listener of which something cannot be used, nobody can tell where it is to be. */
  const portOf = (
    port: 'SPRAYPROXY_SERVER_PORT' | 'SPRAYPROXY_SERVER_METRICS_PORT' | 'SPRAYPROXY_WEBHOOK_PORT',
    host: 'SPRAYPROXY_SERVER_HOST' | 'SPRAYPROXY_WEBHOOK_HOST',
  ) => (isSound(port) && isSound(host) ? (variables[port] ?? 0) : 0);
  const listeners = ownListeners({
    serverHost: variables.SPRAYPROXY_SERVER_HOST,
    serverPort: portOf('SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_HOST'),
    metricsPort: portOf('SPRAYPROXY_SERVER_METRICS_PORT', 'SPRAYPROXY_SERVER_HOST'),
    webhookListener: {
      host: variables.SPRAYPROXY_WEBHOOK_HOST,
      port: portOf('SPRAYPROXY_WEBHOOK_PORT', 'SPRAYPROXY_WEBHOOK_HOST'),
    },
  });
  const faults: string[] = [];
  if (isSound('SPRAYPROXY_SERVER_BACKEND')) {
    const backends = toBackends(backendUrlsIn(variables.SPRAYPROXY_SERVER_BACKEND ?? ''), 'static');
    const place = backends.findIndex((backend) => isOurs(backend, listeners));
    if (place >= 0) faults.push(backendIsOurs(place));
  }
  for (const name of PROXIES) {
    const url = isSound(name) ? parseProxyUrl(variables[name] ?? '') : undefined;
    if (url !== undefined && isOurs(new HttpProxy(url, name), listeners)) {
      faults.push(`${name} must not hold an address of this program itself`);
    }
  }
  return faults;
}

/** @param place in the list, starting at 0 */
export const backendIsOurs = (place: number): string =>
  `SPRAYPROXY_SERVER_BACKEND must not hold an address of this program itself; URL ${place + 1}: nobody else gets what is sent there`;

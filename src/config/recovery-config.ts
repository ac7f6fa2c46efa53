import { type EnvironmentVariables } from './environment-variables.js';
import { type HttpProxy, type Proxies } from './proxies.js';

/** What asking GitHub for what it could not deliver takes. */
export interface RecoveryConfig {
  readonly appId: string;
  readonly privateKeyFile: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Through which GitHub is asked. */
  readonly proxy: HttpProxy | undefined;
  readonly intervalMs: number;
  readonly maxAgeMs: number;
  readonly maxAttempts: number;
  readonly requestsPerMinute: number;
}

/** @returns `undefined`: it is not switched on */
export function recoveryConfig(
  variables: EnvironmentVariables,
  proxies: Proxies,
): RecoveryConfig | undefined {
  const { GH_APP_ID: appId, GH_APP_PRIVATE_KEY_FILE: privateKeyFile } = variables;
  if (appId === undefined || privateKeyFile === undefined) return undefined;
  const apiUrl = variables.SPRAYPROXY_GITHUB_API_URL.replace(/\/+$/, '');
  return {
    appId,
    privateKeyFile,
    apiUrl,
    proxy: proxyOf(apiUrl, proxies),
    intervalMs: variables.SPRAYPROXY_RECOVERY_INTERVAL,
    maxAgeMs: variables.SPRAYPROXY_RECOVERY_MAX_AGE,
    maxAttempts: variables.SPRAYPROXY_RECOVERY_MAX_ATTEMPTS,
    requestsPerMinute: variables.SPRAYPROXY_RECOVERY_RATE,
  };
}

function proxyOf(apiUrl: string, proxies: Proxies): HttpProxy | undefined {
  const { protocol, hostname, port } = new URL(apiUrl);
  return proxies.proxyFor({
    connectTo: apiUrl,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  });
}

import { type EnvironmentVariables } from './environment-variables.js';

/** What asking GitHub for what it could not deliver takes. */
export interface RecoveryConfig {
  readonly appId: string;
  readonly privateKeyFile: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly intervalMs: number;
  readonly maxAgeMs: number;
  readonly maxAttempts: number;
  readonly requestsPerMinute: number;
}

/** @returns `undefined`: it is not switched on */
export function recoveryConfig(variables: EnvironmentVariables): RecoveryConfig | undefined {
  const { GH_APP_ID: appId, GH_APP_PRIVATE_KEY_FILE: privateKeyFile } = variables;
  if (appId === undefined || privateKeyFile === undefined) return undefined;
  return {
    appId,
    privateKeyFile,
    apiUrl: variables.SPRAYPROXY_GITHUB_API_URL.replace(/\/+$/, ''),
    intervalMs: variables.SPRAYPROXY_RECOVERY_INTERVAL,
    maxAgeMs: variables.SPRAYPROXY_RECOVERY_MAX_AGE,
    maxAttempts: variables.SPRAYPROXY_RECOVERY_MAX_ATTEMPTS,
    requestsPerMinute: variables.SPRAYPROXY_RECOVERY_RATE,
  };
}

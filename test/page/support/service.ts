import { type RunningSprayproxy, startSprayproxy } from '../../support/start-sprayproxy.js';

/** Has an attempt of unknown outcome be the last one, and others come soon. */
const SOON = {
  SPRAYPROXY_DELIVERY_GUARANTEE: 'at-most-once',
  SPRAYPROXY_RETRY_MIN_DELAY: '10ms',
  SPRAYPROXY_RETRY_MAX_DELAY: '200ms',
};

/** Starts the built program with its page. @param spool a directory */
export const startService = (
  spool: string,
  backends: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSprayproxy> =>
  startSprayproxy({
    backends,
    env: {
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
      SPRAYPROXY_SPOOL_URL: `file:${spool}`,
      ...SOON,
      ...env,
    },
  });

/** A payload as GitHub sends them, of a repository. */
export const payloadOf = (repository: string): string =>
  JSON.stringify({ repository: { id: 1, full_name: repository } });

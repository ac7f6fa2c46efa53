import { SprayproxyConfig } from '../../src/config/sprayproxy-config.js';

export const CONFIG_SECRET = 'a secret of the tests';

/** The configuration of an environment, which needs no secret of its own. */
export const configFor = (environment: Readonly<Record<string, string>> = {}): SprayproxyConfig =>
  SprayproxyConfig.of({ GH_APP_WEBHOOK_SECRET: CONFIG_SECRET, ...environment });

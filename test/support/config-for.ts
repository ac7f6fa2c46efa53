import { validateEnvironment } from '../../src/config/environment-variables.js';
import { SprayproxyConfig } from '../../src/config/sprayproxy-config.js';

/** The configuration of an environment, which needs no secret of its own. */
export function configFor(environment: Readonly<Record<string, string>> = {}): SprayproxyConfig {
  return SprayproxyConfig.of(validateEnvironment({ GH_APP_WEBHOOK_SECRET: 'secret', ...environment }));
}

import { ConfigService } from '@nestjs/config';

import { type EnvironmentVariables, validateEnvironment } from '../../src/config/environment-variables.js';
import { SprayproxyConfig } from '../../src/config/sprayproxy-config.js';

/** The configuration of an environment, which needs no secret of its own. */
export function configFor(environment: Readonly<Record<string, string>> = {}): SprayproxyConfig {
  const variables = validateEnvironment({ GH_APP_WEBHOOK_SECRET: 'secret', ...environment });
  return new SprayproxyConfig(new ConfigService<EnvironmentVariables, true>(variables));
}

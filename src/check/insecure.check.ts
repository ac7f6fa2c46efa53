import { type SprayproxyConfig } from '../config/sprayproxy-config.js';
import { type Finding, warning } from './check-result.js';

/** By variable, the switches that are on and should be on in tests only. */
export function checkInsecure(config: SprayproxyConfig): [subject: string, Finding][] {
  const { skipWebhookVerify, skipTlsVerify, dynamicBackendsEnabled, allowLocalBackends } = config;
  const switches: [variable: string, on: boolean, effect: string][] = [
    [
      'SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY',
      skipWebhookVerify,
      'webhooks are not verified: anyone can send one',
    ],
    [
      'SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY',
      skipTlsVerify,
      'certificates of backends are not verified: anyone on the way can read and answer webhooks',
    ],
    [
      'SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL',
      dynamicBackendsEnabled && allowLocalBackends,
      'registered backends may be at local addresses, where the metadata of clouds is',
    ],
  ];
  return switches
    .filter(([, on]) => on)
    .map(([variable, , effect]) => [variable, warning(effect, 'unset it outside of tests')]);
}

import { HOUR_MS } from '../units.js';
import { GoBoolean, GoDuration, Variable } from '../variable.decorators.js';

/** What a webhook must be to be let in. */
export class WebhookVariables {
  @Variable({ default: 'false', effect: 'accepts webhooks without a signature (for tests only)' })
  @GoBoolean()
  SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY!: boolean;

  // GitHub gives up on a delivery after 10 s, so a webhook that is still arriving then has failed there.
  @Variable({ default: '10s', effect: 'time a webhook may take to arrive; later: 408' })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_SERVER_READ_TIMEOUT!: number;
}

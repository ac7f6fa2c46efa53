import { HOUR_MS } from '../units.js';
import { GoDuration, Variable } from '../variable.decorators.js';

/** How one attempt is made. */
export class ForwardingVariables {
  @Variable({ default: '15s', effect: 'time one attempt at one backend may take' })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT!: number;
}

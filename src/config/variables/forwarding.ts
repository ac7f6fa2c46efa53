import { HOUR_MS } from '../units.js';
import { GoDuration, Variable, WholeNumber } from '../variable.decorators.js';

/** How one attempt is made. */
export class ForwardingVariables {
  @Variable({ default: '15s', effect: 'time one attempt at one backend may take' })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT!: number;

  // 256 backends that hang must not cost 11,000 sockets.
  @Variable({
    default: '64',
    effect:
      'attempts at one backend at a time; beyond it a webhook is owed or, without a spool, waits its turn',
  })
  @WholeNumber(1, 10_000)
  SPRAYPROXY_FORWARDING_CONCURRENCY!: number;
}

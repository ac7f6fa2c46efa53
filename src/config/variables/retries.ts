import { IsIn } from 'class-validator';

import { DELIVERY_GUARANTEES, type DeliveryGuarantee } from '../../model/forward.js';
import { DAY_MS, HOUR_MS } from '../units.js';
import { GoDuration, Variable, WholeNumber, WholeNumberOrOff } from '../variable.decorators.js';

/** When what is owed is sent, and when it is given up. */
export class RetryVariables {
  // GitHub hangs up after 10 s.
  @Variable({
    default: '8s',
    effect:
      'with a spool: time from the arrival of a webhook until 202 goes out, for backends that have not answered',
  })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_ACK_TIMEOUT!: number;

  @Variable({
    default: 'at-least-once',
    effect:
      'after an attempt of unknown outcome: at-least-once tries again, 3 times in all; at-most-once never does',
  })
  @IsIn(DELIVERY_GUARANTEES, { message: `$property must be one of ${DELIVERY_GUARANTEES.join(', ')}` })
  SPRAYPROXY_DELIVERY_GUARANTEE!: DeliveryGuarantee;

  @Variable({
    default: '1s',
    effect: 'longest delay before the first retry at a backend; doubles with each failure',
  })
  @GoDuration(1, DAY_MS)
  SPRAYPROXY_RETRY_MIN_DELAY!: number;

  @Variable({ default: '5m', effect: 'longest delay before any retry' })
  @GoDuration(1, DAY_MS)
  SPRAYPROXY_RETRY_MAX_DELAY!: number;

  // GitHub's own list of deliveries goes three days back.
  @Variable({ default: '72h', effect: 'age at which what is still owed is given up (dead)' })
  @GoDuration(1, 365 * DAY_MS)
  SPRAYPROXY_RETRY_MAX_AGE!: number;

  @Variable({
    default: '24h',
    effect: 'age until which a payload that a backend has rejected is kept, to be sent again on request',
  })
  @GoDuration(1, 365 * DAY_MS)
  SPRAYPROXY_REJECTED_MAX_AGE!: number;

  // Enough to overtake what comes in meanwhile: at 50 ms an answer, 640 a second.
  @Variable({
    default: '32',
    effect: 'attempts at one backend at a time when it gets what it is owed; begins with one',
  })
  @WholeNumber(1, 1000)
  SPRAYPROXY_DRAIN_CONCURRENCY!: number;

  // Pipelines-as-Code answers before it works.
  @Variable({
    default: 'off',
    effect:
      'forwards a second to one backend, of each spool, when it gets what it is owed, so that an outage is not followed by a flood of pipelines; new webhooks do not wait for that while it is up; off: as fast as it takes them',
  })
  @WholeNumberOrOff(1, 10_000)
  SPRAYPROXY_DRAIN_RATE!: number | null;
}

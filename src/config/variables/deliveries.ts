import { DAY_MS, HOUR_MS } from '../units.js';
import { GoBoolean, GoDuration, Variable, WholeNumber } from '../variable.decorators.js';

/** What people are told of deliveries. */
export class DeliveriesVariables {
  @Variable({
    default: 'false',
    effect: 'serves /deliveries; put an authenticating proxy in front of it',
  })
  @GoBoolean()
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES!: boolean;

  // Some 1.5 KiB each with three backends.
  @Variable({
    default: '10000',
    effect: 'deliveries that went well that /deliveries remembers, in memory; 8 MiB of them at most',
  })
  @WholeNumber(0, 1_000_000)
  SPRAYPROXY_DELIVERIES_JOURNAL_SIZE!: number;

  // GitHub's own list of deliveries goes three days back.
  @Variable({
    default: '72h',
    effect: 'with postgres://: how long the database remembers deliveries that are over',
  })
  @GoDuration(HOUR_MS, 30 * DAY_MS)
  SPRAYPROXY_DELIVERIES_MAX_AGE!: number;
}

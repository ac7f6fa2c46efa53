import * as units from '@grafana/grafana-foundation-sdk/units';

import { FORWARDS_DEAD, FORWARDS_OWED, OLDEST_OWED_SECONDS } from '../src/metrics/names.js';
import { LOST, WAITING } from './colors.js';
import { stat } from './panels.js';
import { series } from './promql.js';
import { from, limits } from './thresholds.js';

/**
 * What is owed and dead now, over all replicas.
 * @param matchers which backends; none: all.
 */
export function owedStats(...matchers: string[]) {
  return [
    stat(
      {
        title: 'Owed',
        description:
          'Forwards in the spools that will be sent. They fall to 0 once the backends answer again.',
        unit: units.Short,
        section: 'sprayproxyowedgrowing',
      },
      `sum(${series(FORWARDS_OWED, ...matchers)})`,
    ).thresholds(from(1, WAITING)),
    stat(
      {
        title: 'Oldest owed',
        description: 'How far behind the worst is. After SPRAYPROXY_RETRY_MAX_AGE (72 h) forwards are dead.',
        unit: units.Seconds,
        section: 'sprayproxyowedtoolong',
      },
      `max(${series(OLDEST_OWED_SECONDS, ...matchers)})`,
    ).thresholds(limits(5 * 60, 15 * 60)),
    stat(
      {
        title: 'Dead',
        description:
          'Forwards that will not be sent again by themselves. Look at them in /deliveries, then send them again or discard them.',
        unit: units.Short,
        section: 'sprayproxydeadforwards',
      },
      `sum(${series(FORWARDS_DEAD, ...matchers)})`,
    ).thresholds(from(1, LOST)),
  ];
}

import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  BACKEND_DOWN,
  BACKEND_PAUSED,
  FORWARDS_DEAD,
  FORWARDS_OWED,
  OLDEST_OWED_SECONDS,
} from '../src/metrics/names.js';
import { LOST, WAITING } from './colors.js';
import { PAUSED_OR_NOT, UP_OR_DOWN } from './mappings.js';
import { graphByHost, query, timeline } from './panels.js';
import { maxBy, series, sumBy } from './promql.js';
import { from, limits, withLines } from './thresholds.js';

/**
 * What is owed and dead, how old it is, which breakers are open, and what is paused.
 * @param by what tells the lines apart: `host` for all backends, `pod` for the replicas that owe something to one.
 * @param matchers which backends.
 */
export function owedPanels(by: 'host' | 'pod', ...matchers: string[]) {
  const each = `{{${by}}}`;
  const owed = graphByHost(
    {
      title: 'Forwards owed',
      description:
        'Forwards in the spool that will be sent. It grows while a backend is down; growing while it is not, the backend is slower than the webhooks come in.',
      unit: units.Short,
      section: 'sprayproxyowedgrowing',
    },
    from(1, WAITING),
    query(sumBy(by, series(FORWARDS_OWED, ...matchers)), each),
  );
  const oldest = withLines(
    graphByHost(
      {
        title: 'Age of the oldest owed',
        description:
          'How far behind it is. Rising straight: nothing gets through; see why in the log. After SPRAYPROXY_RETRY_MAX_AGE (72 h) forwards are dead.',
        unit: units.Seconds,
        section: 'sprayproxyowedtoolong',
      },
      limits(5 * 60, 15 * 60),
      query(maxBy(by, series(OLDEST_OWED_SECONDS, ...matchers)), each),
    ),
  );
  const dead = graphByHost(
    {
      title: 'Forwards dead',
      description:
        'Forwards that will not be sent again by themselves: too old, or three times of unknown outcome. Look at them in /deliveries, then send them again or discard them.',
      unit: units.Short,
      section: 'sprayproxydeadforwards',
    },
    from(1, LOST),
    query(sumBy(by, series(FORWARDS_DEAD, ...matchers)), each),
  );
  const breaker = timeline(
    {
      title: 'Breakers',
      description:
        'Down: five failures in a row. Webhooks go straight to the spool until one attempt succeeds. Bring the backend back; what it missed is sent then.',
      unit: units.Short,
      section: 'sprayproxybackenddown',
    },
    query(maxBy(by, series(BACKEND_DOWN, ...matchers)), each),
  ).mappings(UP_OR_DOWN);
  const pauses = timeline(
    {
      title: 'Pauses',
      description:
        'Paused: somebody wants it to be sent nothing, until it is resumed or the time has come. What comes in for it is owed, and it does not count as down.',
      unit: units.Short,
      section: 'sprayproxybackendpaused',
    },
    query(maxBy(by, series(BACKEND_PAUSED, ...matchers)), each),
  ).mappings(PAUSED_OR_NOT);
  return { owed, oldest, dead, breaker, pauses };
}

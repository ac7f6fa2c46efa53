import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  RECOVERED,
  RECOVERY_AGE_SECONDS,
  RECOVERY_FAILED,
  RECOVERY_GIVEN_UP,
  RECOVERY_REQUESTS,
  RECOVERY_ROUNDS,
} from '../../src/metrics/names.js';
import { RECOVERY_COLORS, ROUND_COLORS } from '../colors.js';
import { type Row } from '../dashboard.js';
import { graph, query } from '../panels.js';
import { rate, series, sumBy } from '../promql.js';
import { colored } from '../series-style.js';
import { limit, withLimits } from '../thresholds.js';

const section = 'sprayproxyrecoveryfails';

export const recovery: Row = {
  title: 'Recovery',
  collapsed: true,
  lines: [
    [
      graph(
        {
          title: 'Not delivered by GitHub',
          description:
            'Webhooks that GitHub could not deliver and that may still come by recovery. It falls to 0 after a time in which nobody took them.',
          unit: units.Short,
          section,
        },
        query(`sum(${series(RECOVERY_FAILED)})`, 'not delivered'),
      ),
      colored(
        graph(
          {
            title: 'Asked for again',
            description:
              'Requests to GitHub to send a webhook again, what could be delivered then, and what was given up. Given up: find out why nobody takes it, then sprayproxy recover.',
            unit: units.RequestsPerSecond,
            section: 'sprayproxyrecoverygaveup',
          },
          query(`sum(${rate(RECOVERY_REQUESTS)})`, 'requested'),
          query(`sum(${rate(RECOVERED)})`, 'recovered'),
          query(`sum(${rate(RECOVERY_GIVEN_UP)})`, 'given up'),
        ),
        RECOVERY_COLORS,
      ),
    ],
    [
      withLimits(
        graph(
          {
            title: "Age of the last reading of GitHub's list",
            description:
              'Of the replica that recovers. Above half an hour an alert fires; the log says why, once. Where recovery is off it is 0.',
            unit: units.Seconds,
            section,
          },
          query(`max(${series(RECOVERY_AGE_SECONDS)})`, 'age'),
        ),
        limit(1800),
      ),
      colored(
        graph(
          {
            title: 'Rounds of recovery',
            description: "Looks at GitHub's list of deliveries, by result. Failed: the log says why, once.",
            unit: units.RequestsPerSecond,
            section,
          },
          query(sumBy('result', rate(RECOVERY_ROUNDS)), '{{result}}'),
        ),
        ROUND_COLORS,
      ),
    ],
  ],
};

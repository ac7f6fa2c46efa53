import * as units from '@grafana/grafana-foundation-sdk/units';

import { type Row } from '../dashboard.js';
import { graph, query } from '../panels.js';
import { limits, withLimits } from '../thresholds.js';

/** Share of webhooks in order that may fail. */
const BUDGET = 0.001;

/** Recorded for the alerts, of a namespace as a whole. */
const burnRate = (window: string) =>
  `namespace:sprayproxy_answers_bad:ratio_rate${window}{namespace="$namespace"} / ${BUDGET}`;

export const errorBudget: Row = {
  title: 'Error budget',
  lines: [
    [
      withLimits(
        graph(
          {
            title: 'Error budget burn rate',
            description:
              'How many times faster than allowed webhooks fail (5xx, or after 10 s), of all replicas. 1 uses up in 30 days what may fail in 30 days; at 14.4 over 1 h or 6 over 6 h an alert fires. Find the reason under "Answers by status" and "Time to answer", mend it, then redeliver. Without the recorded series of the rules there is nothing here.',
            unit: units.Short,
            section: 'error-budget',
          },
          query(burnRate('1h'), 'over 1 h'),
          query(burnRate('6h'), 'over 6 h'),
        ),
        limits(6, 14.4),
      ),
    ],
  ],
};

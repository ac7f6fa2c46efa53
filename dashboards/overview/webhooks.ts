import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  INBOUND_REQUESTS,
  WEBHOOK_ANSWER_SECONDS,
  WEBHOOKS_IN_FLIGHT,
  WEBHOOKS_REJECTED,
} from '../../src/metrics/names.js';
import { IN_ORDER } from '../answers.js';
import { REJECTION_COLORS, STATUS_COLORS } from '../colors.js';
import { type Row } from '../dashboard.js';
import { graph, heatmap, query, quantiles, stacked } from '../panels.js';
import { bucketsOf, rate, series, sumBy } from '../promql.js';
import { limits, withLimits } from '../thresholds.js';

export const webhooks: Row = {
  title: 'Webhooks',
  lines: [
    [
      graph(
        {
          title: 'Webhooks in',
          description:
            'Before any check, by replica. None at a busy hour: look at the deliveries of the App at GitHub, then at the way in.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxynowebhooks',
        },
        query(sumBy('pod', rate(INBOUND_REQUESTS)), '{{pod}}'),
      ),
      stacked(
        {
          title: 'Answers by status',
          description:
            '200: every backend has answered. 202: what is owed is on disk. 400, 408, 413: rejected, see beside. 502: a backend failed and there is no spool. 500: a fault of this program. 503: no room in memory, or the spool is full or broken. Redeliver what got a 5xx.',
          unit: units.RequestsPerSecond,
          section: 'error-budget',
        },
        STATUS_COLORS,
        query(sumBy('status', rate(`${WEBHOOK_ANSWER_SECONDS}_count`)), '{{status}}'),
      ),
      stacked(
        {
          title: 'Rejections by reason',
          description:
            'signature: somebody else knocks, or the secret was changed on one side only. size: over the cap. timeout, aborted: it arrived too slowly, or not whole. overload: no room in memory, or too many connections. malformed, headers: no HTTP, or too much of it.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxysignaturerejections',
        },
        REJECTION_COLORS,
        query(sumBy('reason', rate(WEBHOOKS_REJECTED)), '{{reason}}'),
      ),
    ],
    [
      withLimits(
        graph(
          {
            title: 'Time to answer',
            description:
              'Of all answers but 4xx. GitHub hangs up after 10 s; at 8 s what is still owed goes to disk and 202 goes out. Find the slow backend under "Latency by backend".',
            unit: units.Seconds,
            section: 'sprayproxyslowanswers',
          },
          ...quantiles(WEBHOOK_ANSWER_SECONDS, [0.5, 0.95, 0.99], IN_ORDER),
        ),
        limits(8, 10),
      ),
      heatmap(
        {
          title: 'Time to answer, how many',
          description:
            'Answers but 4xx that took so long. A second band means that some webhooks wait for something: a slow backend, the disk, room in memory.',
          unit: units.Seconds,
          section: 'sprayproxyslowanswers',
        },
        bucketsOf(WEBHOOK_ANSWER_SECONDS, IN_ORDER),
      ),
      graph(
        {
          title: 'Webhooks in flight',
          description:
            'Come in and not answered yet, by replica. It grows with the time to answer, and falls to 0 at a shutdown.',
          unit: units.Short,
          section: 'sprayproxyslowanswers',
        },
        query(sumBy('pod', series(WEBHOOKS_IN_FLIGHT)), '{{pod}}'),
      ),
    ],
  ],
};

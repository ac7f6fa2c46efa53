import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  BACKENDS,
  FORWARD_ATTEMPT_SECONDS,
  FORWARD_RETRIES,
  FORWARDS_SIGNED_ANEW,
} from '../../src/metrics/names.js';
import { OUTCOME_COLORS } from '../colors.js';
import { type Row } from '../dashboard.js';
import { graph, graphByHost, query, stacked } from '../panels.js';
import { maxBy, quantileOf, rate, series, shareOf, sumBy } from '../promql.js';
import { limit, limits, withLines } from '../thresholds.js';
import { CHOSEN } from '../variables.js';

const attempts = `${FORWARD_ATTEMPT_SECONDS}_count`;

export const forwards: Row = {
  title: 'Forwards',
  lines: [
    [
      stacked(
        {
          title: 'Attempts by outcome',
          description:
            'At the backends that are chosen. accepted: 2xx. rejected: it has read it and said no (400, 422), and is not asked again. refused: cannot have been taken, sent again. unknown: may have been taken. Whose they are: "Failed attempts by backend".',
          unit: units.RequestsPerSecond,
          section: 'sprayproxybackenddown',
        },
        OUTCOME_COLORS,
        query(sumBy('outcome', rate(attempts, CHOSEN)), '{{outcome}}'),
      ),
      withLines(
        graphByHost(
          {
            title: 'Latency by backend, p95',
            description:
              'Of attempts, those without an answer included. Over 8 s GitHub gets its 202 before the backend has answered; at 15 s the attempt ends.',
            unit: units.Seconds,
            section: 'sprayproxyslowanswers',
          },
          limit(8),
          query(quantileOf(0.95, FORWARD_ATTEMPT_SECONDS, 'host', CHOSEN), '{{host}}'),
        ),
      ),
    ],
    [
      graphByHost(
        {
          title: 'Failed attempts by backend',
          description:
            'Share of attempts that were refused or of unknown outcome. Look at the log lines of that backend.',
          unit: units.PercentUnit,
          section: 'sprayproxybackenddown',
        },
        limits(0.01, 0.1),
        query(
          shareOf(rate(attempts, CHOSEN, 'outcome=~"refused|unknown"'), rate(attempts, CHOSEN), 'host'),
          '{{host}}',
        ),
      ).max(1),
      stacked(
        {
          title: 'Retries by outcome',
          description:
            'Attempts to send what was owed. Few of them accepted: a backend is still in trouble. Unknown ones may start a pipeline twice.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxyowedgrowing',
        },
        OUTCOME_COLORS,
        query(sumBy('outcome', rate(FORWARD_RETRIES)), '{{outcome}}'),
      ),
      graph(
        {
          title: 'Signed anew',
          description:
            'Attempts at what was owed whose signature fits none of the secrets in use any more, by replica. After a change of the secret some are right; else look at the secrets of the clusters.',
          unit: units.CountsPerSecond,
          section: 'sprayproxysignaturerejections',
        },
        query(sumBy('pod', rate(FORWARDS_SIGNED_ANEW)), '{{pod}}'),
      ),
      graph(
        {
          title: 'Backends',
          description:
            'static: from SPRAYPROXY_SERVER_BACKEND. registered: by /backends. A step nobody made: look for "registered" in the log.',
          unit: units.Short,
        },
        query(maxBy('origin', series(BACKENDS)), '{{origin}}'),
      ),
    ],
  ],
};

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
import { colored } from '../series-style.js';
import { limit, withLimits } from '../thresholds.js';

const attempts = `${FORWARD_ATTEMPT_SECONDS}_count`;

export const forwards: Row = {
  title: 'Forwards',
  lines: [
    [
      graphByHost(
        {
          title: 'Attempts by backend and outcome',
          description:
            'accepted: 2xx. rejected: it has read it and said no (400, 422), and is not asked again. refused: cannot have been taken, sent again. unknown: may have been taken. Follow a line to its backend.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxybackenddown',
        },
        query(sumBy('host, outcome', rate(attempts)), '{{host}} {{outcome}}'),
      ),
      withLimits(
        graphByHost(
          {
            title: 'Latency by backend, p95',
            description:
              'Of attempts, those without an answer included. Over 8 s GitHub gets its 202 before the backend has answered; at 15 s the attempt ends.',
            unit: units.Seconds,
            section: 'sprayproxyslowanswers',
          },
          query(quantileOf(0.95, FORWARD_ATTEMPT_SECONDS, 'host'), '{{host}}'),
        ),
        limit(8),
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
        query(shareOf(rate(attempts, 'outcome=~"refused|unknown"'), rate(attempts), 'host'), '{{host}}'),
      ).max(1),
      colored(
        stacked(
          {
            title: 'Retries by outcome',
            description:
              'Attempts to send what was owed. Few of them accepted: a backend is still in trouble. Unknown ones may start a pipeline twice.',
            unit: units.RequestsPerSecond,
            section: 'sprayproxyowedgrowing',
          },
          query(sumBy('outcome', rate(FORWARD_RETRIES)), '{{outcome}}'),
        ),
        OUTCOME_COLORS,
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

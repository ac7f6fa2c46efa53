import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  BACKEND_DOWN,
  FORWARD_ATTEMPT_SECONDS,
  FORWARDED_REQUESTS,
  FORWARDS_FILTERED,
  FORWARDS_OWED,
} from '../src/metrics/names.js';
import { ERROR_COLORS, OUTCOME_COLORS } from './colors.js';
import { dashboard } from './dashboard.js';
import { BACKEND_UID } from './links.js';
import { UP_OR_DOWN } from './mappings.js';
import { owedPanels } from './owed-panels.js';
import { owedStats } from './owed-stats.js';
import { graph, GRAPH_HEIGHT, heatmap, query, quantiles, stacked, stat } from './panels.js';
import { bucketsOf, quantileOf, rate, series, shareOf, sumBy } from './promql.js';
import { limit, limits, withLimits } from './thresholds.js';
import { common, host } from './variables.js';

const THIS = 'host="$host"';
const FAILED = 'outcome=~"refused|unknown"';
const attempts = `${FORWARD_ATTEMPT_SECONDS}_count`;

const { owed, oldest, dead, breaker, pauses } = owedPanels('pod', THIS);

export const backend = dashboard({
  uid: BACKEND_UID,
  title: 'Sprayproxy backend',
  description: 'One backend: what it answers, how fast, and what it is owed.',
  variables: [...common, host],
  rows: [
    {
      title: 'Now: $host',
      lines: [
        [
          stat(
            {
              title: 'Breaker',
              description:
                'Down: five failures in a row at one replica at least. What it misses is kept in the spool: bring it back.',
              unit: units.Short,
              section: 'sprayproxybackenddown',
            },
            `max(${series(BACKEND_DOWN, THIS)})`,
          )
            .mappings(UP_OR_DOWN)
            .thresholds(limit(1)),
          ...owedStats(THIS),
          stat(
            {
              title: 'Failed attempts',
              description:
                'Share of attempts that were refused or of unknown outcome. Look at the log lines of this backend.',
              unit: units.PercentUnit,
              section: 'sprayproxybackenddown',
            },
            shareOf(rate(attempts, THIS, FAILED), rate(attempts, THIS)),
          )
            .noValue('no attempts')
            .thresholds(limits(0.01, 0.1)),
          stat(
            {
              title: 'Latency, p95',
              description: 'Of attempts, those without an answer included. At 15 s an attempt ends.',
              unit: units.Seconds,
              section: 'sprayproxyslowanswers',
            },
            quantileOf(0.95, FORWARD_ATTEMPT_SECONDS, '', THIS),
          )
            .noValue('no attempts')
            .thresholds(limits(5, 8)),
        ],
      ],
    },
    {
      title: 'Attempts',
      lines: [
        [
          stacked(
            {
              title: 'Attempts by outcome',
              description:
                'accepted: 2xx. rejected: 4xx, it said no and is not asked again: look at its log. refused: cannot have been taken, sent again. unknown: may have been taken.',
              unit: units.RequestsPerSecond,
              section: 'sprayproxybackenddown',
            },
            OUTCOME_COLORS,
            query(sumBy('outcome', rate(attempts, THIS)), '{{outcome}}'),
          ),
          stacked(
            {
              title: 'Attempts by kind of answer',
              description:
                'http-error: it answered with a failure, so it is there: look at its log. non-http-error: it did not answer: look at its Route, its certificate, the network.',
              unit: units.RequestsPerSecond,
              section: 'sprayproxybackenddown',
            },
            ERROR_COLORS,
            query(sumBy('error', rate(FORWARDED_REQUESTS, THIS)), '{{error}}'),
          ),
          graph(
            {
              title: 'Attempts by replica',
              description:
                'One replica with none while others have some: it is owed something there, or cannot reach it. With a database, what is owed is sent by one replica for all.',
              unit: units.RequestsPerSecond,
            },
            query(sumBy('pod', rate(attempts, THIS)), '{{pod}}'),
          ),
          graph(
            {
              title: 'Filtered',
              description:
                'Webhooks that its filter leaves out, by replica: they are not sent. None where it has no filter, or one that an older version does not know.',
              unit: units.RequestsPerSecond,
            },
            query(sumBy('pod', rate(FORWARDS_FILTERED, THIS)), '{{pod}}'),
          ),
        ],
        [
          withLimits(
            graph(
              {
                title: 'Latency',
                description:
                  'Of attempts, those without an answer included. Over 8 s GitHub gets its 202 before this backend has answered; at 15 s the attempt ends.',
                unit: units.Seconds,
                section: 'sprayproxyslowanswers',
              },
              ...quantiles(FORWARD_ATTEMPT_SECONDS, [0.5, 0.95, 0.99], THIS),
            ),
            limit(8),
          ),
          heatmap(
            {
              title: 'Latency, how many',
              description:
                'Attempts that took so long. A band at 15 s: it takes the request and does not answer.',
              unit: units.Seconds,
              section: 'sprayproxyslowanswers',
            },
            bucketsOf(FORWARD_ATTEMPT_SECONDS, THIS),
          ),
        ],
      ],
    },
    {
      title: 'Owed',
      lines: [
        [owed, oldest, dead],
        [
          graph(
            {
              title: 'Change of what is owed, per minute',
              description:
                'Below 0 it catches up: what is owed, divided by this, is the minutes it still takes. Above 0 while the breaker is up: it is slower than webhooks come in.',
              unit: units.Short,
              section: 'sprayproxyowedgrowing',
            },
            query(`60 * sum(deriv(${series(FORWARDS_OWED, THIS)}[$__rate_interval]))`, 'change'),
          ).min(-1),
          breaker.height(GRAPH_HEIGHT),
          pauses.height(GRAPH_HEIGHT),
        ],
      ],
    },
  ],
});

import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  CLAIMS_LOST,
  DELIVERIES_NOT_REMEMBERED,
  REMEMBERING_LAG_SECONDS,
  SPOOL_CONNECTED,
  SPOOL_VERB_SECONDS,
} from '../../src/metrics/names.js';
import { LOST } from '../colors.js';
import { type Row } from '../dashboard.js';
import { THERE_OR_AWAY } from '../mappings.js';
import { graph, GRAPH_HEIGHT, quantiles, query, timeline } from '../panels.js';
import { maxBy, quantileOf, rate, series, sumBy } from '../promql.js';
import { colored } from '../series-style.js';
import { limit, withLimits } from '../thresholds.js';

const DROPPED = 'not remembered';

/** Replicas whose spool is in a database: they alone have verbs. */
const withDatabase = `group by (pod) (${series(`${SPOOL_VERB_SECONDS}_count`)})`;

export const database: Row = {
  title: 'Database',
  collapsed: true,
  lines: [
    [
      timeline(
        {
          title: 'Database',
          description:
            'Whether what is owed can be kept, by replica. Away: webhooks that are owed get 503, and what is owed waits. One replica only: its way there; all of them: the database.',
          unit: units.Short,
          section: 'sprayproxydatabaseaway',
        },
        query(`min by (pod) (${series(SPOOL_CONNECTED)}) and ${withDatabase}`, '{{pod}}'),
      )
        .mappings(THERE_OR_AWAY)
        .height(GRAPH_HEIGHT),
      withLimits(
        graph(
          {
            title: 'Time of verbs',
            description:
              'Of what is asked of the database, whatever came of it. Every 202 waits for one. Above 1 s it is too slow: look at its disk, its load, its locks.',
            unit: units.Seconds,
            section: 'sprayproxyslowanswers',
          },
          ...quantiles(SPOOL_VERB_SECONDS, [0.5, 0.95, 0.99]),
        ),
        limit(1),
      ),
      graph(
        {
          title: 'Time of verbs, p95',
          description:
            'By verb. All of them slow: the database is, or the way there. One of them: its statement; ask pg_stat_statements.',
          unit: units.Seconds,
          section: 'sprayproxyslowanswers',
        },
        query(quantileOf(0.95, SPOOL_VERB_SECONDS, 'verb'), '{{verb}}'),
      ),
    ],
    [
      withLimits(
        graph(
          {
            title: 'Lag of what is remembered',
            description:
              'Age of the oldest delivery that went well and is not in the database yet, by replica. It rises while the database is away or behind; above 60 s it is too slow for what comes in.',
            unit: units.Seconds,
            section: 'sprayproxynotremembered',
          },
          query(maxBy('pod', series(REMEMBERING_LAG_SECONDS)), '{{pod}}'),
        ),
        limit(60),
      ),
      colored(
        graph(
          {
            title: 'Deliveries not remembered',
            description:
              'Deliveries that went well and that /deliveries will not show. None is lost; the database was away, or too slow for what comes in.',
            unit: units.CountsPerSecond,
            section: 'sprayproxynotremembered',
          },
          query(`sum(${rate(DELIVERIES_NOT_REMEMBERED)})`, DROPPED),
        ),
        { [DROPPED]: LOST },
      ),
      graph(
        {
          title: 'Claims lost',
          description:
            'Attempts that ended after their replica had been taken for gone, by replica: it stood still, or did not reach the database, for 8 s. Some are sent twice.',
          unit: units.CountsPerSecond,
          section: 'sprayproxyclaimslost',
        },
        query(sumBy('pod', rate(CLAIMS_LOST)), '{{pod}}'),
      ),
    ],
  ],
};

import * as units from '@grafana/grafana-foundation-sdk/units';

import { BUILD_INFO, READY, RELOAD_FAILURES } from '../../src/metrics/names.js';
import { type Row } from '../dashboard.js';
import { READY_OR_NOT } from '../mappings.js';
import { graph, GRAPH_HEIGHT, query, table, timeline } from '../panels.js';
import { maxBy, rate, series, sumBy } from '../promql.js';
import { limit, limits, withLimits } from '../thresholds.js';

export const processes: Row = {
  title: 'Processes',
  collapsed: true,
  lines: [
    [
      graph(
        {
          title: 'Restarts in the last hour',
          description:
            'By replica. One each is a rollout, which gives pods of a Deployment new names instead. More: see the log of the container that ended (kubectl logs --previous) and, under "Memory of the process", whether it was out of it.',
          unit: units.Short,
          section: 'sprayproxyreplicadown',
        },
        // A pod that replaces another has its name but not its address: one series for both, looked at over time.
        query(`changes(${maxBy('pod', series('process_start_time_seconds'))}[1h:])`, '{{pod}}'),
      ).decimals(0),
      withLimits(
        graph(
          {
            title: 'CPU',
            description:
              'Of one core, by replica. The manifests allow half a core; at that, every answer takes longer: allow more, or run more replicas.',
            unit: units.PercentUnit,
            section: 'sprayproxyslowanswers',
          },
          query(sumBy('pod', rate('process_cpu_seconds_total')), '{{pod}}'),
        ),
        limit(0.5),
      ),
      withLimits(
        graph(
          {
            title: 'Event loop lag, p99',
            description:
              'How late the process gets to its work, by replica. Above 0.1 s it has too little CPU, and every answer is late.',
            unit: units.Seconds,
            section: 'sprayproxyslowanswers',
          },
          query(maxBy('pod', series('nodejs_eventloop_lag_p99_seconds')), '{{pod}}'),
        ),
        limits(0.1, 1),
      ),
    ],
    [
      timeline(
        {
          title: 'Readiness',
          description:
            'Not ready from the moment a shutdown begins, while the spool is lost, and until its database was reached for the first time. A gap: Prometheus got no answer, so the process is gone or cannot be reached.',
          unit: units.Short,
          section: 'sprayproxynotready',
        },
        query(maxBy('pod', series(READY)), '{{pod}}'),
      )
        .mappings(READY_OR_NOT)
        .height(GRAPH_HEIGHT),
      graph(
        {
          title: 'Reloads that failed, in the last hour',
          description:
            'Secrets and certificates whose file changed and cannot be used, by the variable that names it; what was read before stays in use. The log says why.',
          unit: units.Short,
          section: 'sprayproxyreloadfailed',
        },
        query(sumBy('variable', `increase(${series(RELOAD_FAILURES)}[1h])`), '{{variable}}'),
      ).decimals(0),
      table(
        {
          title: 'Versions',
          description: 'What runs. Two versions at once are a rollout; longer than that, it is stuck.',
          unit: units.Short,
        },
        maxBy('pod, version, node', series(BUILD_INFO)),
      )
        .height(GRAPH_HEIGHT)
        .withTransformation({
          id: 'organize',
          options: { excludeByName: { Time: true, Value: true }, indexByName: {}, renameByName: {} },
        }),
    ],
  ],
};

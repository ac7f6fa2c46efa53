import * as units from '@grafana/grafana-foundation-sdk/units';

import { FORWARDED_REQUESTS, INBOUND_REQUESTS, RESPONSE_TIME } from '../../src/metrics/names.js';
import { type Row } from '../dashboard.js';
import { graph, query } from '../panels.js';

/** As dashboards of the Go program draw it: per five minutes, each series by itself, whatever the variables say. */
const perFiveMinutes = (metric: string) => `rate(${metric}[5m]) * 300`;

export const earlierPanels: Row = {
  title: 'Panels of the Go program of the same name',
  lines: [
    [
      graph(
        {
          title: 'Inbound requests',
          description: 'Webhooks in five minutes, before any check. "Webhooks in" says the same per second.',
          unit: units.Short,
        },
        query(perFiveMinutes(INBOUND_REQUESTS), '{{instance}}'),
      ),
      graph(
        {
          title: 'Forwarded requests',
          description:
            'Attempts in five minutes. error: none, http-error (it answered with a failure), non-http-error (it did not answer). "Attempts by backend and outcome" says more.',
          unit: units.Short,
        },
        query(perFiveMinutes(FORWARDED_REQUESTS), '{{host}} {{error}}'),
      ),
      graph(
        {
          title: 'Response time',
          description:
            'Attempts in five minutes that were answered within so many seconds. "Latency by backend, p95" has those without an answer too.',
          unit: units.Short,
        },
        query(perFiveMinutes(`${RESPONSE_TIME}_bucket`), '{{le}}'),
      ),
    ],
  ],
};

import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  CONNECTIONS,
  CONNECTIONS_EVICTED,
  HANDSHAKES_FAILED,
  INFLIGHT_MAX_BYTES,
  INFLIGHT_PAYLOAD_BYTES,
  INFLIGHT_WAIT_SECONDS,
  MEMORY_LIMIT_BYTES,
  MEMORY_USED_BYTES,
  WEBHOOK_PAYLOAD_BYTES,
} from '../../src/metrics/names.js';
import { HANDSHAKE_COLORS, WAIT_COLORS } from '../colors.js';
import { type Row } from '../dashboard.js';
import { graph, query, quantiles, stacked } from '../panels.js';
import { rate, series, sumBy } from '../promql.js';
import { withCeiling } from '../series-style.js';
import { limit, withLimits } from '../thresholds.js';

const BUDGET = 'budget';
const MEMORY_LIMIT = 'limit';

export const memory: Row = {
  title: 'Memory',
  collapsed: true,
  lines: [
    [
      withCeiling(
        graph(
          {
            title: 'Payload bytes in flight',
            description:
              'Memory reserved for payloads, by replica, and what each may reserve (SPRAYPROXY_MAX_INFLIGHT_BYTES). At the budget, webhooks wait for room.',
            unit: units.BytesIEC,
            section: 'sprayproxyoverloaded',
          },
          query(sumBy('pod', series(INFLIGHT_PAYLOAD_BYTES)), '{{pod}}'),
          query(`min(${series(INFLIGHT_MAX_BYTES)})`, BUDGET),
        ),
        BUDGET,
      ),
      withCeiling(
        graph(
          {
            title: 'Memory of the process',
            description:
              'What the kernel cannot take back, by replica, and the limit at which it ends the process. Near it: lower SPRAYPROXY_MAX_INFLIGHT_BYTES or allow more memory.',
            unit: units.BytesIEC,
            section: 'sprayproxymemorynearlimit',
          },
          query(sumBy('pod', series(MEMORY_USED_BYTES)), '{{pod}}'),
          query(`min(${series(MEMORY_LIMIT_BYTES)} > 0)`, MEMORY_LIMIT),
        ),
        MEMORY_LIMIT,
      ),
      stacked(
        {
          title: 'Waits for room',
          description:
            'Webhooks that found no room at once. refused: they got 503 after 5 s, so redeliver them; aborted: the sender hung up. Often: more replicas, or a larger budget and more memory.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxyoverloaded',
        },
        WAIT_COLORS,
        query(sumBy('result', rate(`${INFLIGHT_WAIT_SECONDS}_count`)), '{{result}}'),
      ),
      withLimits(
        graph(
          {
            title: 'Time waited for room',
            description:
              'Of those that waited. It counts towards the 10 s that GitHub waits for the answer; after 5 s the webhook gets 503.',
            unit: units.Seconds,
            section: 'sprayproxyoverloaded',
          },
          ...quantiles(INFLIGHT_WAIT_SECONDS, [0.5, 0.95]),
        ),
        limit(5),
      ),
    ],
    [
      graph(
        {
          title: 'Payload size',
          description:
            'Of verified webhooks. Larger ones take more of the budget and of the spool; over SPRAYPROXY_MAX_REQUEST_SIZE they get 413.',
          unit: units.BytesIEC,
        },
        ...quantiles(WEBHOOK_PAYLOAD_BYTES, [0.5, 0.99]),
      ),
      withLimits(
        graph(
          {
            title: 'Connections of senders',
            description:
              'Open ones, by replica. At 2,000, the one that has been idle longest gives way to the next one.',
            unit: units.Short,
            section: 'sprayproxyconnectionsevicted',
          },
          query(sumBy('pod', series(CONNECTIONS)), '{{pod}}'),
        ),
        limit(2000),
      ),
      graph(
        {
          title: 'Connections evicted',
          description:
            'Closed to make place for others, by replica. Somebody holds connections open and sends nothing: see the access log of the proxy in front.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxyconnectionsevicted',
        },
        query(sumBy('pod', rate(CONNECTIONS_EVICTED)), '{{pod}}'),
      ),
      stacked(
        {
          title: 'Connections without TLS',
          description:
            'Those that came to none, at the listener for webhooks alone. failed: its certificate is not trusted or past its date, or nobody who is meant to be here. timeout, evicted: somebody begins and does not go on.',
          unit: units.RequestsPerSecond,
          section: 'sprayproxyconnectionsevicted',
        },
        HANDSHAKE_COLORS,
        query(sumBy('reason', rate(HANDSHAKES_FAILED)), '{{reason}}'),
      ),
    ],
  ],
};

import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  SPOOL_BYTES,
  SPOOL_MAX_BYTES,
  SPOOL_WRITE_FAILURES,
  SPOOL_WRITE_SECONDS,
} from '../../src/metrics/names.js';
import { BAD } from '../colors.js';
import { type Row } from '../dashboard.js';
import { graph, query, quantiles } from '../panels.js';
import { rate, series, sumBy } from '../promql.js';
import { colored, withCeiling } from '../series-style.js';
import { limit, withLimits } from '../thresholds.js';

const CAPACITY = 'capacity';
const FAILED = 'failed';

export const spool: Row = {
  title: 'Spool',
  collapsed: true,
  lines: [
    [
      withCeiling(
        graph(
          {
            title: 'Spool',
            description:
              'Bytes taken, by the replica that tells of it, and what a spool may take (SPRAYPROXY_SPOOL_MAX_BYTES). When full, webhooks get 503: bring the backends back, or discard what is dead.',
            unit: units.BytesIEC,
            section: 'sprayproxyspoolfilling',
          },
          query(sumBy('pod', series(SPOOL_BYTES)), '{{pod}}'),
          query(`min(${series(SPOOL_MAX_BYTES)} > 0)`, CAPACITY),
        ),
        CAPACITY,
      ),
      withLimits(
        graph(
          {
            title: 'Time to write to the spool',
            description:
              'Until a change was on disk, or had failed. Every 202 waits for one. Above 1 s the disk, or the database, is too slow: give the spool a faster or a less busy one.',
            unit: units.Seconds,
            section: 'sprayproxyslowanswers',
          },
          ...quantiles(SPOOL_WRITE_SECONDS, [0.5, 0.99]),
        ),
        limit(1),
      ),
      colored(
        graph(
          {
            title: 'Writes to the spool',
            description:
              'Changes per second, and those that failed. Any that fail: the disk is full or broken, or the database away, and webhooks that are owed get 503. See the log, mend it, redeliver.',
            unit: units.CountsPerSecond,
            section: 'sprayproxyspoolwritesfail',
          },
          query(sumBy('pod', rate(`${SPOOL_WRITE_SECONDS}_count`)), '{{pod}}'),
          query(`sum(${rate(SPOOL_WRITE_FAILURES)})`, FAILED),
        ),
        { [FAILED]: BAD },
      ),
    ],
  ],
};

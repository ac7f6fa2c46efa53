import * as units from '@grafana/grafana-foundation-sdk/units';

import {
  BACKEND_DOWN,
  READY,
  SPOOL_BYTES,
  SPOOL_MAX_BYTES,
  WEBHOOK_ANSWER_SECONDS,
} from '../../src/metrics/names.js';
import { IN_ORDER, WELL } from '../answers.js';
import { type Row } from '../dashboard.js';
import { owedStats } from '../owed-stats.js';
import { stat } from '../panels.js';
import { maxBy, quantileOf, rate, series } from '../promql.js';
import { atLeast, limit, limits } from '../thresholds.js';

const inOrder = rate(`${WEBHOOK_ANSWER_SECONDS}_count`, IN_ORDER);
const well = rate(`${WEBHOOK_ANSWER_SECONDS}_bucket`, ...WELL);

export const now: Row = {
  title: 'Now',
  lines: [
    [
      stat(
        {
          title: 'Ready',
          description:
            'Replicas that welcome webhooks. None: GitHub gets no answer; see why the pods are not ready.',
          unit: units.Short,
          section: 'sprayproxynotready',
        },
        `sum(${series(READY)})`,
      ).thresholds(atLeast(1)),
      stat(
        {
          title: 'Failed answers',
          description:
            'Share of webhooks in order that GitHub got a 5xx for, or an answer after it had hung up at 10 s. GitHub does not send them again by itself: find the reason under "Answers by status" and "Time to answer", then redeliver.',
          unit: units.PercentUnit,
          section: 'error-budget',
        },
        `1 - sum(${well}) / (sum(${inOrder}) > 0)`,
      )
        .noValue('no webhooks')
        .thresholds(limits(0.001, 0.01)),
      stat(
        {
          title: 'Answer, p95',
          description:
            'Of all answers but 4xx. GitHub hangs up after 10 s. Near 8 s: a backend is slow, or the disk or database of the spool is.',
          unit: units.Seconds,
          section: 'sprayproxyslowanswers',
        },
        quantileOf(0.95, WEBHOOK_ANSWER_SECONDS, '', IN_ORDER),
      )
        .noValue('no webhooks')
        .thresholds(limits(5, 8)),
      stat(
        {
          title: 'Backends down',
          description:
            'Backends that failed five times in a row. What they miss is kept in the spool: bring them back.',
          unit: units.Short,
          section: 'sprayproxybackenddown',
        },
        `sum(${maxBy('host', series(BACKEND_DOWN))})`,
      ).thresholds(limit(1)),
      ...owedStats(),
      stat(
        {
          title: 'Spool used',
          description:
            'Of the fullest spool. At 100 % webhooks get 503: bring the backends back, or discard what is dead.',
          unit: units.PercentUnit,
          section: 'sprayproxyspoolfilling',
        },
        `max(${series(SPOOL_BYTES)} / (${series(SPOOL_MAX_BYTES)} > 0))`,
      )
        .noValue('no spool')
        .thresholds(limits(0.7, 0.8)),
    ],
  ],
};

import {
  BACKEND_DOWN,
  FORWARD_ATTEMPT_SECONDS,
  FORWARDS_DEAD,
  FORWARDS_OWED,
  INBOUND_REQUESTS,
  INFLIGHT_MAX_BYTES,
  INFLIGHT_PAYLOAD_BYTES,
  MEMORY_LIMIT_BYTES,
  MEMORY_USED_BYTES,
  OLDEST_OWED_SECONDS,
  WEBHOOK_ANSWER_SECONDS,
  WEBHOOKS_REJECTED,
} from '../../src/metrics/names.js';
import { alertingRules, recordingRules } from '../monitoring/support/rule-files.js';
import { dashboardFile, dataPanels } from './support/dashboards.js';
import { interpolate } from './support/interpolate.js';
import { present } from './support/present.js';
import { selectorsOf } from './support/promql.js';

const panels = dataPanels(dashboardFile('overview.json').dashboard);
const panel = (title: string) =>
  present(
    panels.find((each) => each.title === title),
    title,
  );

const ANY = { __rate_interval: '1m', namespace: 'n', job: 'j', pod: 'p', host: 'h', backend: 'b' };
const askedBy = (expr: string) => selectorsOf(interpolate(expr, ANY));

interface Required {
  title: string;
  type?: string;
  unit: string;
  /** Of each query. */
  legends: string[];
  /** What the queries ask for, each once. */
  metrics: string[];
  thresholds?: number[];
}

/** What somebody who runs this program has to see, whatever else the overview has. */
const REQUIRED: readonly Required[] = [
  { title: 'Webhooks in', unit: 'reqps', legends: ['{{pod}}'], metrics: [INBOUND_REQUESTS] },
  {
    title: 'Answers by status',
    unit: 'reqps',
    legends: ['{{status}}'],
    metrics: [`${WEBHOOK_ANSWER_SECONDS}_count`],
  },
  {
    title: 'Rejections by reason',
    unit: 'reqps',
    legends: ['{{reason}}'],
    metrics: [WEBHOOKS_REJECTED],
  },
  {
    title: 'Time to answer',
    unit: 's',
    legends: ['p50', 'p95', 'p99'],
    metrics: [`${WEBHOOK_ANSWER_SECONDS}_bucket`],
    thresholds: [8, 10],
  },
  {
    title: 'Time to answer, how many',
    type: 'heatmap',
    unit: 's',
    legends: ['{{le}}'],
    metrics: [`${WEBHOOK_ANSWER_SECONDS}_bucket`],
  },
  {
    title: 'Payload bytes in flight',
    unit: 'bytes',
    legends: ['{{pod}}', 'budget'],
    metrics: [INFLIGHT_PAYLOAD_BYTES, INFLIGHT_MAX_BYTES],
  },
  {
    title: 'Attempts by outcome',
    unit: 'reqps',
    legends: ['{{outcome}}'],
    metrics: [`${FORWARD_ATTEMPT_SECONDS}_count`],
  },
  {
    title: 'Latency by backend, p95',
    unit: 's',
    legends: ['{{host}}'],
    metrics: [`${FORWARD_ATTEMPT_SECONDS}_bucket`],
    thresholds: [8],
  },
  {
    title: 'Forwards owed',
    unit: 'short',
    legends: ['{{host}}'],
    metrics: [FORWARDS_OWED],
    thresholds: [1],
  },
  {
    title: 'Age of the oldest owed',
    unit: 's',
    legends: ['{{host}}'],
    metrics: [OLDEST_OWED_SECONDS],
    thresholds: [300, 900],
  },
  {
    title: 'Oldest owed',
    type: 'stat',
    unit: 's',
    legends: ['Oldest owed'],
    metrics: [OLDEST_OWED_SECONDS],
    thresholds: [300, 900],
  },
  {
    title: 'Forwards dead',
    unit: 'short',
    legends: ['{{host}}'],
    metrics: [FORWARDS_DEAD],
    thresholds: [1],
  },
  {
    title: 'Breakers',
    type: 'state-timeline',
    unit: 'short',
    legends: ['{{host}}'],
    metrics: [BACKEND_DOWN],
  },
  {
    title: 'Restarts in the last hour',
    unit: 'short',
    legends: ['{{pod}}'],
    metrics: ['process_start_time_seconds'],
  },
  {
    title: 'CPU',
    unit: 'percentunit',
    legends: ['{{pod}}'],
    metrics: ['process_cpu_seconds_total'],
    thresholds: [0.5],
  },
  {
    title: 'Memory of the process',
    unit: 'bytes',
    legends: ['{{pod}}', 'limit'],
    metrics: [MEMORY_USED_BYTES, MEMORY_LIMIT_BYTES],
  },
];

it.each(REQUIRED)('shows what is asked of it: $title', (required) => {
  const { title, type, fieldConfig, targets } = panel(required.title);
  expect({
    title,
    type,
    unit: fieldConfig.defaults.unit,
    legends: targets.map(({ legendFormat }) => legendFormat),
    metrics: [...new Set(targets.flatMap(({ expr }) => askedBy(expr).map(({ metric }) => metric)))],
    thresholds: thresholdsOf(required.title),
  }).toEqual({ type: 'timeseries', thresholds: [], ...required });
});

describe('what the alerts weigh', () => {
  /** As `some:ratio_rate1h > 14.4 * 0.001`, the first of each alert that has to wake somebody. */
  const limits = alertingRules
    .filter(
      ({ alert, labels }) => alert.startsWith('SprayproxyErrorBudget') && labels.severity === 'critical',
    )
    .map(({ expr }) => {
      const [, series = '', factor, budget = ''] = /^(\S+) > (\S+) \* (\S+)$/m.exec(expr) ?? [];
      return { expr: `${series}{namespace="$namespace"} / ${budget}`, factor: Number(factor) };
    });

  it('is drawn as the burn rate, with their limits', () => {
    const { targets } = panel('Error budget burn rate');
    expect(targets.map(({ expr }) => expr)).toEqual(limits.map(({ expr }) => expr));
    expect(thresholdsOf('Error budget burn rate')).toEqual(limits.map(({ factor }) => factor).reverse());
  });

  it('counts as failed what "Failed answers" does', () => {
    const VARIABLES = ['namespace', 'job', 'pod'];
    const counted = (expr: string) =>
      askedBy(expr)
        .map(({ metric, matchers }) => ({
          metric,
          matchers: matchers.filter(({ label }) => !VARIABLES.includes(label)),
        }))
        .sort((one, other) => one.metric.localeCompare(other.metric));
    const recorded = recordingRules.find(
      ({ record }) => record === 'namespace:sprayproxy_answers_bad:rate5m',
    );
    const [target] = panel('Failed answers').targets;
    // The last of the alternatives: where nothing tells of what stands in front.
    const own = recorded?.expr.split(/^or$/m).at(-1) ?? '';
    expect(counted(target?.expr ?? '')).toEqual(counted(own));
  });
});

/** Values from which on it has another color, the lowest left out. */
function thresholdsOf(title: string): (number | null)[] {
  const { thresholds } = panel(title).fieldConfig.defaults;
  return (thresholds?.steps ?? []).slice(1).map(({ value }) => value);
}

import { ANSWER_STATUSES, WEBHOOK_ANSWER_SECONDS } from '../../src/metrics/metrics.js';
import { dashboardFiles, dataPanels } from './support/dashboards.js';
import { interpolate } from './support/interpolate.js';
import { knownSeries } from './support/known-metrics.js';
import { passes, selectorsOf } from './support/promql.js';

const known = knownSeries();

/** Values for the variables: only the names of series and labels matter here. */
const ANY = { __rate_interval: '1m', namespace: 'n', job: 'j', pod: 'p', host: 'h' };

const queries = dashboardFiles.flatMap(({ dashboard }) =>
  dataPanels(dashboard).flatMap(({ title = '', targets }) =>
    targets.map(({ expr, legendFormat = '' }) => ({
      of: `${dashboard.title ?? ''}: ${title}, ${legendFormat}`,
      expr: interpolate(expr, ANY),
      legendFormat,
    })),
  ),
);

it.each(queries)('asks for series and labels that there are: $of', ({ expr, legendFormat }) => {
  const selectors = selectorsOf(expr);
  expect(selectors.length).toBeGreaterThan(0);
  const inLegend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
  for (const { metric, labels } of selectors) {
    expect([...known.keys()]).toContain(metric);
    expect([...(known.get(metric) ?? [])]).toEqual(expect.arrayContaining([...labels, ...inLegend]));
  }
});

it('asks for every series of this program that is its own', () => {
  const asked = new Set(queries.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)));
  const base = (series: string) => series.replace(/_(bucket|sum|count)$/, '');
  const drawn = new Set([...asked].map(base));
  const own = new Set([...known.keys()].filter((name) => name.startsWith('sprayproxy_')).map(base));
  expect([...own].filter((name) => !drawn.has(name))).toEqual([]);
});

it('leaves out of how long an answer took what the alerts leave out: 4xx', () => {
  const durations = queries
    .flatMap(({ expr }) => selectorsOf(expr))
    .filter(({ metric }) => metric === `${WEBHOOK_ANSWER_SECONDS}_bucket`);
  expect(durations.length).toBeGreaterThan(0);
  for (const { text, matchers } of durations) {
    const ofStatus = matchers.filter(({ label }) => label === 'status');
    const statuses = ANSWER_STATUSES.map(String).filter((each) => ofStatus.every((one) => passes(one, each)));
    expect([text, statuses.filter((status) => status.startsWith('4'))]).toEqual([text, []]);
  }
});

describe('the panels that there were', () => {
  it.each([
    'sprayproxy_http_inbound_requests_total',
    'sprayproxy_http_forwarded_requests_total',
    'sprayproxy_http_response_time_duration_seconds_bucket',
  ])('draws %s as ever: five minutes, no aggregation, no choice', (metric) => {
    expect(queries.map(({ expr }) => expr)).toContain(`rate(${metric}[5m]) * 300`);
  });

  it('calls the lines of the histogram by their buckets', () => {
    const histogram = queries.find(({ expr }) => expr.startsWith('rate(sprayproxy_http_response_time'));
    expect(histogram?.legendFormat).toBe('{{le}}');
  });
});

describe('the check itself', () => {
  it.each(['sum(', 'rate(a[$x])', 'a b'])('refuses %s', (expression) => {
    expect(() => selectorsOf(expression)).toThrow('no PromQL');
  });

  it('finds the labels that are matched and those that are kept', () => {
    expect(selectorsOf('sum by (x, y) (rate(a{z=~"1\\\\.0"}[5m])) / max by (x) (b)')).toEqual([
      {
        text: 'a{z=~"1\\\\.0"}',
        metric: 'a',
        matchers: [{ label: 'z', operator: '=~', value: '1\\.0' }],
        labels: ['z', 'x', 'y'],
      },
      { text: 'b', metric: 'b', matchers: [], labels: ['x'] },
    ]);
  });
});

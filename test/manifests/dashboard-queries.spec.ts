import { ANSWER_STATUSES, RESPONSE_TIME, WEBHOOK_ANSWER_SECONDS } from '../../src/metrics/names.js';
import { recordingRules } from '../monitoring/support/rule-files.js';
import { dashboardQueries, labelsIn } from './support/dashboard-queries.js';
import { interpolate } from './support/interpolate.js';
import { knownSeries } from './support/known-metrics.js';
import { neverSeen } from './support/label-values.js';
import { passes, selectorsOf } from './support/promql.js';

const exposed = knownSeries();
/** A recorded series has the labels that its name begins with. */
const known = new Map([
  ...exposed,
  ...recordingRules.map(({ record }): [string, ReadonlySet<string>] => [
    record,
    new Set(record.split(':')[0]?.split('_')),
  ]),
]);

/** Values for the variables: only the names of series and labels matter here. */
const ANY = { __rate_interval: '1m', namespace: 'n', job: 'j', pod: 'p', host: 'h', backend: 'b' };

const queries = dashboardQueries.map(({ expr, ...query }) => ({ ...query, expr: interpolate(expr, ANY) }));

it.each(queries)('asks for series and labels that there are: $dashboard: $title, $legend', (query) => {
  const selectors = selectorsOf(query.expr);
  expect(selectors.length).toBeGreaterThan(0);
  for (const { metric, labels, matchers } of selectors) {
    expect([...known.keys()]).toContain(metric);
    const all = [...labels, ...labelsIn(query.legend)];
    expect([...(known.get(metric) ?? [])]).toEqual(expect.arrayContaining(all));
    expect(matchers.flatMap(neverSeen)).toEqual([]);
  }
});

/** Rows of the overview about the backends that are chosen. */
const OF_BACKENDS = ['Forwards', 'Owed'];

it.each(queries)(
  'asks for what the reader has chosen, and nothing else: $dashboard: $title, $legend',
  ({ dashboard, row, expr }) => {
    for (const { metric, text, matchers } of selectorsOf(expr)) {
      // Recorded of a namespace as a whole.
      const chosen = exposed.has(metric) ? ['namespace="n"', 'job="j"', 'pod=~"p"'] : ['namespace="n"'];
      // A replica starts for all backends.
      if (dashboard === 'backend.json' && row !== '') chosen.push('host="h"');
      else if (OF_BACKENDS.includes(row) && exposed.get(metric)?.has('host') === true)
        chosen.push('host=~"b"');
      const given = matchers.map(({ label, operator, value }) => `${label}${operator}"${value}"`);
      expect({ text, missing: chosen.filter((each) => !given.includes(each)) }).toEqual({
        text,
        missing: [],
      });
    }
  },
);

/** Only for dashboards of the Go program: it lacks attempts without an answer. */
const UNDRAWN = [RESPONSE_TIME];

it('asks for every series of this program that is its own', () => {
  const asked = new Set(queries.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)));
  const base = (series: string) => series.replace(/_(bucket|sum|count)$/, '');
  const drawn = new Set([...asked].map(base));
  const own = new Set([...exposed.keys()].filter((name) => name.startsWith('sprayproxy_')).map(base));
  expect([...own].filter((name) => !drawn.has(name))).toEqual(UNDRAWN);
});

it.each(queries.filter(({ expr }) => expr.includes('histogram_quantile')))(
  'names the quantile that it asks for: $dashboard: $title, $legend',
  ({ title, legend, expr }) => {
    const [, quantile] = /histogram_quantile\((\S+),/.exec(expr) ?? [];
    const named = `${title} ${legend}`.match(/\bp\d+\b/g);
    expect([...new Set(named)]).toEqual([`p${Number(quantile) * 100}`]);
  },
);

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

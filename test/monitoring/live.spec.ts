import { spawnSync } from 'node:child_process';

import { dashboardQueries, labelsIn } from '../manifests/support/dashboard-queries.js';
import { dashboardFile, dashboardFiles } from '../manifests/support/dashboards.js';
import { interpolate } from '../manifests/support/interpolate.js';
import { selectorsOf } from '../manifests/support/promql.js';
import { type FaultyRun } from './support/faulty-run.js';
import { operandsOf } from './support/operands.js';
import { type Prometheus, type Sample } from './support/prometheus.js';
import { JOB, NAMESPACE } from './support/replicas.js';
import { alertingRules, recordingRules } from './support/rule-files.js';
import { runbookQueries } from './support/runbook-queries.js';
import { startTroubledPrometheus } from './support/troubled-prometheus.js';

let prometheus: Prometheus;
let run: FaultyRun;

/** Three replicas, one of them with a database, seven backends, some 30 s of trouble; the rest of the file asks about it. */
beforeAll(async () => {
  ({ prometheus, run } = await startTroubledPrometheus());
}, 120_000);

/** Data: at least one series whose value is a number. */
const hasData = (samples: readonly Sample[]): boolean => samples.some(({ value }) => Number.isFinite(value));

/** What Grafana would put in the place of variables. */
const variables = () => ({
  namespace: NAMESPACE,
  job: JOB,
  pod: '.*',
  host: run.backends.host('broken'),
  backend: '.*',
  __rate_interval: '1m',
});

/** What a variable has to choose from at this moment. */
async function choices(definition: string): Promise<string[]> {
  const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  const samples = await prometheus.query(`group by (${label}) (${interpolate(selector, variables())})`);
  return samples.flatMap(({ metric }) => metric[label] ?? []);
}

it('exposes metrics with which promtool finds nothing wrong', async () => {
  for (const { metricsUrl } of run.replicas) {
    const input = await (await fetch(`${metricsUrl}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  }
});

describe('every rule', () => {
  it('is evaluated without an error', async () => {
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules).toHaveLength(alertingRules.length + recordingRules.length);
  });

  it.each(recordingRules)('$record is recorded, and its expression has data', async ({ record, expr }) => {
    expect(hasData(await prometheus.query(expr))).toBe(true);
    expect(hasData(await prometheus.query(record))).toBe(true);
  });

  it.each(
    alertingRules.flatMap(({ alert, expr }) => operandsOf(expr).map((operand) => ({ alert, operand }))),
  )('$alert has data to weigh: $operand', async ({ operand }) => {
    expect(hasData(await prometheus.query(operand))).toBe(true);
  });
});

describe('every panel', () => {
  it.each(dashboardQueries.filter(({ row }) => row !== ''))(
    'has data, and every label of its legend: $dashboard: $title, $expr',
    async ({ expr, legend }) => {
      const samples = await prometheus.query(interpolate(expr, variables()));
      expect(hasData(samples)).toBe(true);
      const labels = labelsIn(legend);
      expect(samples.filter(({ metric }) => !labels.every((label) => label in metric))).toEqual([]);
    },
  );
});

// What an expression adds up may hide that a part of it never was there, and an annotation is there for a moment only.
it('has every series that the dashboards ask for', async () => {
  const asked = dashboardQueries.flatMap(({ expr }) => selectorsOf(interpolate(expr, variables())));
  const missing: string[] = [];
  for (const text of new Set(asked.map((selector) => selector.text)))
    if ((await prometheus.query(text)).length === 0) missing.push(text);
  expect(missing).toEqual([]);
});

describe('every query of the runbook', () => {
  it.each(runbookQueries)('has data to show: %s', async (query) => {
    const asked = query.replaceAll('<host>', run.backends.host('broken'));
    for (const operand of operandsOf(asked)) expect(hasData(await prometheus.query(operand))).toBe(true);
  });
});

describe('every variable of a dashboard', () => {
  it.each(
    dashboardFiles.flatMap(({ dashboard }) =>
      (dashboard.templating.list ?? [])
        .filter(({ type }) => type === 'query')
        .map(({ name, definition = '' }) => ({ of: `${dashboard.title ?? ''}: ${name}`, definition })),
    ),
  )('has values to choose from: $of, $definition', async ({ definition }) => {
    expect((await choices(definition)).length).toBeGreaterThan(0);
  });
});

it('is alarmed by what went wrong', async () => {
  const samples = await prometheus.query('count by (alertname) (ALERTS)');
  const alarmed = samples.map(({ metric }) => metric.alertname);
  expect(alarmed).toEqual(
    expect.arrayContaining(['SprayproxyBackendDown', 'SprayproxyDeadForwards', 'SprayproxyOverloaded']),
  );
  // Many were forged, and GitHub's got in.
  expect(alarmed).not.toContain('SprayproxySignatureRejections');
});

it('can be asked about a backend that was taken out of the list and is alarmed about', async () => {
  const host = run.backends.host('down');
  const url = run.backends.urls.find((each) => new URL(each).host === host);
  for (const replica of run.replicas) {
    const answer = await fetch(`${replica.url}/backends`, {
      method: 'DELETE',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ url }),
    });
    expect(answer.status).toBe(200);
  }
  const alarmed = `ALERTS{alertname="SprayproxyDeadForwards", host="${host}"}`;
  await prometheus.until(`${alarmed} unless on (host) sprayproxy_backend_down`);
  const { list = [] } = dashboardFile('backend.json').dashboard.templating;
  expect(await choices(list.find(({ name }) => name === 'host')?.definition ?? '')).toContain(host);
});

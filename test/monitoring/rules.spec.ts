import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { dashboardFiles, dataPanels } from '../manifests/support/dashboards.js';
import { knownSeries } from '../manifests/support/known-metrics.js';
import {
  addComponents,
  editedFiles,
  overlay,
  REPOSITORY,
  withComponents,
} from '../manifests/support/kustomize.js';
import { neverSeen } from '../manifests/support/label-values.js';
import { passes, selectorsOf } from '../manifests/support/promql.js';
import { alertingRules, recordingRules, RULE_FILES, ruleGroups } from './support/rule-files.js';
import { sectionsOf } from './support/sections.js';

const TESTS = join(__dirname, 'rules');
const testFiles = readdirSync(TESTS).map((file) => join(TESTS, file));

const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' });

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
    readonly promql_expr_test?: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
  }[];
}

const tests = testFiles.flatMap((file) => (parse(readFileSync(file, 'utf8')) as RuleTests).tests);
const assertions = tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
const samples = tests.flatMap(({ promql_expr_test = [] }) =>
  promql_expr_test.flatMap(({ exp_samples }) => exp_samples),
);

describe('promtool', () => {
  it('finds nothing wrong with the rule files', () => {
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', ...RULE_FILES)).toMatchObject({
      status: 0,
    });
  });

  it.each(readdirSync(TESTS))(
    'sees %s pass',
    (file) => {
      expect(promtool('test', 'rules', join(TESTS, file))).toMatchObject({ status: 0, stderr: '' });
    },
    120_000,
  );
});

describe('every alert', () => {
  it.each(alertingRules)('$alert has a test in which it fires, and one in which it does not', ({ alert }) => {
    const expected = assertions.filter(({ alertname }) => alertname === alert);
    expect(expected.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    expect(expected.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
  });

  it.each(alertingRules)('$alert says how bad it is, what happened and where to read on', (rule) => {
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook_url', 'dashboard_url']);
  });

  it.each(alertingRules)('$alert has a section in the runbook', ({ annotations: { runbook_url = '' } }) => {
    const [file, section] = runbook_url.split('#');
    expect(file).toMatch(/\/docs\/runbook\.md$/);
    expect(sectionsOf('docs/runbook.md')).toContain(section);
  });

  it.each(alertingRules)('$alert leads to a dashboard that can be told so', ({ annotations }) => {
    const { pathname, searchParams } = new URL(annotations.dashboard_url?.replaceAll(/{{.*?}}/g, '') ?? '');
    const found = dashboardFiles.find(({ dashboard: { uid } }) => pathname === `/d/${uid}`);
    expect(found?.dashboard.templating.list?.map(({ name }) => `var-${name}`)).toEqual(
      expect.arrayContaining([...searchParams.keys()]),
    );
  });

  it('has a name of its own, and so has every recorded series', () => {
    const names = [...alertingRules.map(({ alert }) => alert), ...recordingRules.map(({ record }) => record)];
    expect(names).toEqual([...new Set(names)]);
  });
});

/** Of Prometheus itself, kube-state-metrics, the router of OpenShift, ingress-nginx and the blackbox exporter. */
const FOREIGN = [
  'up',
  'kube_pod_status_phase',
  'kube_pod_status_ready',
  'kube_pod_container_status_restarts_total',
  'kube_pod_container_status_last_terminated_reason',
  'kube_pod_init_container_status_restarts_total',
  'kube_pod_init_container_status_last_terminated_reason',
  'haproxy_backend_http_responses_total',
  'nginx_ingress_controller_requests',
  'probe_success',
];
const known = [...knownSeries().keys(), ...recordingRules.map(({ record }) => record), ...FOREIGN];

describe('every recorded series', () => {
  const asking = [
    ...alertingRules.map(({ expr }) => expr),
    ...recordingRules.map(({ expr }) => expr),
    ...dashboardFiles.flatMap(({ dashboard }) =>
      dataPanels(dashboard).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ),
  ].join('\n');

  it.each(recordingRules)('$record is asked for', ({ record }) => {
    expect(asking).toContain(record);
  });

  it.each(recordingRules)('$record has a test that says its value', ({ record }) => {
    expect(samples.map(({ labels }) => labels.split('{')[0])).toContain(record);
  });
});

describe('every expression', () => {
  it.each([
    ...alertingRules.map(({ alert: name, expr }) => ({ name, expr })),
    ...recordingRules.map(({ record: name, expr }) => ({ name, expr })),
  ])('of $name asks for series that there are, and values that they have', ({ expr }) => {
    const selectors = selectorsOf(expr);
    expect(selectors.filter(({ metric }) => !known.includes(metric))).toEqual([]);
    const own = selectors.filter(({ metric }) => !FOREIGN.includes(metric));
    expect(own.flatMap(({ matchers }) => matchers.flatMap(neverSeen))).toEqual([]);
  });
});

it('the runbook asks for series that there are', () => {
  const page = readFileSync(join(REPOSITORY, 'docs/runbook.md'), 'utf8');
  const asked = page.match(/\b(sprayproxy|nodejs|process)_[a-z0-9_]+/g) ?? [];
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => !known.includes(name))).toEqual([]);
});

describe('the PrometheusRule', () => {
  const rule = withComponents('kubernetes', 'monitoring').one('PrometheusRule', 'sprayproxy');

  it('holds the groups of the rule files: npm run build:rules', () => {
    expect(rule.spec.groups).toEqual(ruleGroups);
  });

  const matchersOf = (metric: RegExp, label: string) =>
    [...alertingRules, ...recordingRules]
      .flatMap(({ expr }) => selectorsOf(expr))
      .filter((selector) => metric.test(selector.metric))
      .flatMap(({ matchers }) => matchers.filter((matcher) => matcher.label === label));

  it.each(['', 'a-'])('asks for the job that the ServiceMonitor makes, with the prefix "%s"', (prefix) => {
    const { name } = overlay('kubernetes').one('Service', 'sprayproxy-metrics').metadata;
    const jobs = matchersOf(/^up$/, 'job');
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) {
      expect(passes(job, `${prefix}${name}`)).toBe(true);
      expect(passes(job, `${prefix}${name}-2`)).toBe(false);
    }
  });

  it.each(['', 'a-'])('asks for the pods of StatefulSet and Deployment, with the prefix "%s"', (prefix) => {
    const pods = matchersOf(/^kube_/, 'pod');
    expect(pods.length).toBeGreaterThan(4);
    for (const pod of pods) {
      for (const name of ['sprayproxy-0', 'sprayproxy-12', 'sprayproxy-6d5f8b7c9-x2x7q'])
        expect([name, passes(pod, prefix + name)]).toEqual([name, true]);
      for (const name of ['sprayproxy-db-1', 'sprayproxy-spool-copy-0-x2x7q', 'proxy-0'])
        expect([name, passes(pod, prefix + name)]).toEqual([name, false]);
    }
  });

  it.each(['', 'a-'])('asks for the Route and the Ingress that there are, with the prefix "%s"', (prefix) => {
    const routes = matchersOf(/^haproxy_/, 'route');
    const ingresses = matchersOf(/^nginx_/, 'ingress');
    expect(routes.length).toBeGreaterThan(0);
    expect(ingresses.length).toBeGreaterThan(0);
    for (const { metadata } of overlay('openshift').every('Route'))
      for (const route of routes) expect(passes(route, prefix + metadata.name)).toBe(true);
    for (const { metadata } of overlay('kubernetes').every('Ingress'))
      for (const ingress of ingresses) expect(passes(ingress, prefix + metadata.name)).toBe(true);
  });

  it('asks for the job that the Probe makes', () => {
    const { jobName = '' } = withComponents('kubernetes', 'monitoring', 'monitoring/probe').one(
      'Probe',
      'sprayproxy',
    ).spec;
    const jobs = matchersOf(/^probe_/, 'job');
    expect(jobs.map((job) => passes(job, jobName))).toEqual([true]);
  });

  it('sends people to the runbook and the Grafana that the component names', () => {
    const elsewhere = editedFiles('kubernetes', (file, text) => {
      if (file === 'overlays/kubernetes/kustomization.yaml') return addComponents(text, ['monitoring']);
      if (file !== 'components/monitoring/kustomization.yaml') return text;
      return text
        .replace('https://example.com/sprayproxy/docs/runbook.md', 'https://wiki.example.org/sprayproxy')
        .replace('https://grafana.example.com', 'https://example.org/grafana');
    }).one('PrometheusRule', 'sprayproxy');
    const links = elsewhere.spec.groups?.flatMap(({ rules = [] }) =>
      rules.filter(({ alert }) => alert !== undefined).map(({ annotations }) => annotations),
    );
    expect(links).toHaveLength(alertingRules.length);
    for (const link of links ?? []) {
      expect(link?.runbook_url).toMatch(/^https:\/\/wiki\.example\.org\/sprayproxy#[a-z-]+$/);
      expect(link?.dashboard_url).toMatch(
        /^https:\/\/example\.org\/grafana\/d\/sprayproxy-(overview|backend)\b/,
      );
    }
  });
});

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

import { base, REPOSITORY } from '../manifests/support/kustomize.js';
import { charted } from './support/chart.js';
import { CHART, HELMS, run } from './support/helms.js';
import { valuesOf } from './support/installations.js';

interface Chart {
  version: string;
  appVersion: string;
}
const { version, appVersion } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as Chart;

describe.each(HELMS.map((helm) => [basename(helm), helm] as const))('packed by %s', (_name, helm) => {
  const directory = mkdtempSync(join(tmpdir(), 'sprayproxy-chart-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('is the same without the repository, rules and dashboards included', () => {
    const values = valuesOf('openshift', { monitoring: { rules: true, dashboards: true } });
    run(helm, ['package', CHART, '--destination', directory]);
    const packed = charted(values, { helm, chart: join(directory, `sprayproxy-${version}.tgz`) });

    expect(packed.all).toEqual(charted(values, { helm }).all);
    expect(packed.every('PrometheusRule')).toHaveLength(1);
  });
});

it.each([
  ['prometheus-rule.yaml', { rules: true }],
  ['dashboards', { dashboards: true }],
])('refuses to be without %s, where Git knows no links', (file, monitoring) => {
  const directory = mkdtempSync(join(tmpdir(), 'sprayproxy-chart-'));
  try {
    cpSync(CHART, directory, {
      recursive: true,
      filter: (path) => !path.startsWith(join(CHART, 'files', '')),
    });
    mkdirSync(join(directory, 'files'), { recursive: true });
    writeFileSync(join(directory, 'files', file), readlinkSync(join(CHART, 'files', file)));
    const values = valuesOf('openshift', { monitoring });
    expect(() => charted(values, { chart: directory })).toThrow(`files/${file}: not the`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('runs the version of the program that the manifests run', () => {
  const program = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string };
  expect(appVersion).toBe(program.version);
  expect(base().container('sprayproxy').image).toBe(`sprayproxy:${appVersion}`);
});

it('shares nothing with another installation in another namespace', () => {
  const clusterWide = (namespace: string) =>
    charted(valuesOf('qe', { monitoring: { serviceMonitor: true } }), { namespace })
      .all.filter(({ metadata }) => metadata.namespace === undefined)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const names = clusterWide('team-a');
  expect(names).toHaveLength(7);
  expect(clusterWide('team-b').filter((name) => names.includes(name))).toEqual([]);
});

it('rolls the pods when the list of backends changes, and only then', () => {
  const annotations = (backends: readonly string[], deliveries = true) =>
    charted(valuesOf('openshift', { backends, deliveries })).workload().template.metadata?.annotations;
  const one = annotations(['https://a.example.com']);
  expect(annotations(['https://b.example.com'])).not.toEqual(one);
  expect(annotations(['https://a.example.com'], false)).toEqual(one);
});

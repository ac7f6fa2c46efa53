import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dashboardFiles } from './support/dashboards.js';
import { MANIFESTS, OVERLAYS, withComponents } from './support/kustomize.js';

/** Nothing of Kubernetes' own: a cluster has it only where its operator is installed. */
const OPERATOR_KIND = 'GrafanaDashboard';

describe.each(OVERLAYS)('%s', (name) => {
  const plain = withComponents(name, 'monitoring');
  const manifests = withComponents(name, 'monitoring', 'monitoring/grafana-operator');
  const configMaps = plain
    .every('ConfigMap')
    .filter(({ metadata }) => metadata.name.startsWith('sprayproxy-dashboard-'));

  it('has every dashboard in a ConfigMap that the sidecar of Grafana finds', () => {
    expect(configMaps.map(({ data }) => data)).toEqual(
      expect.arrayContaining(dashboardFiles.map(({ file, text }) => ({ [file]: text }))),
    );
    expect(configMaps.length).toBe(dashboardFiles.length);
    for (const { metadata } of configMaps) expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  });

  it('needs no operator of Grafana', () => {
    expect(plain.every(OPERATOR_KIND)).toEqual([]);
  });

  it('with grafana-operator, wants the Grafana that the README says', () => {
    const page = readFileSync(join(MANIFESTS, 'README.md'), 'utf8');
    const [, label = '', value] = /its Grafana by the label `(\w+): (\w+)`/.exec(page) ?? [];
    for (const { spec } of manifests.every(OPERATOR_KIND))
      expect(spec.instanceSelector).toEqual({ matchLabels: { [label]: value } });
  });

  it('gives the dashboards alone as well, and to grafana-operator too', () => {
    const alone = withComponents(name, 'monitoring/dashboards');
    expect(alone.every('ConfigMap')).toEqual(expect.arrayContaining(configMaps));
    for (const kind of ['PrometheusRule', 'ServiceMonitor'] as const) expect(alone.every(kind)).toEqual([]);
    const both = withComponents(name, 'monitoring/dashboards', 'monitoring/grafana-operator');
    expect(both.every(OPERATOR_KIND)).toEqual(manifests.every(OPERATOR_KIND));
  });

  it('with grafana-operator, hands each of them over', () => {
    const named = manifests.every(OPERATOR_KIND).map(({ spec }) => spec.configMapRef);
    expect(named).toEqual(
      configMaps.map(({ metadata, data }) => ({ name: metadata.name, key: Object.keys(data ?? {})[0] })),
    );
  });
});

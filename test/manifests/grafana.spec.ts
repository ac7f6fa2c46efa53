import { dashboardFiles } from './support/dashboards.js';
import { OVERLAYS, withComponents } from './support/kustomize.js';
import { typeFaults, validate } from './support/strict-types.js';

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

  it('with grafana-operator, hands each of them over', () => {
    const named = manifests.every(OPERATOR_KIND).map(({ spec }) => spec.configMapRef);
    expect(named).toEqual(
      configMaps.map(({ metadata, data }) => ({ name: metadata.name, key: Object.keys(data ?? {})[0] })),
    );
  });

  it('with grafana-operator, is as its published types want it', async () => {
    const dashboards = manifests.every(OPERATOR_KIND);
    expect(typeFaults(dashboards)).toEqual([]);
    for (const dashboard of dashboards) await expect(validate(dashboard)).resolves.toBeUndefined();
  });
});

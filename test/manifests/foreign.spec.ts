import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { BACKENDS, everyForeign, foreign, IMAGE, OURS, renderedElsewhere } from './support/foreign.js';
import { ASSORTED, MANIFESTS, type Manifests, OVERLAYS, withComponents } from './support/kustomize.js';
import { present } from './support/present.js';

const CLUSTER_WIDE = ['ClusterRole', 'ClusterRoleBinding'];
const EVERYTHING = [...new Set(ASSORTED.flat())].filter(
  (component) => !/^spool-(emptydir|off)$|managed$/.test(component),
);

const clusterWide = ({ all }: Manifests): string[] =>
  all
    .filter(({ kind }) => CLUSTER_WIDE.includes(kind))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe.each(everyForeign())('$of', ({ manifests, overlay, components, namespace, prefix }) => {
  const env = manifests.container('sprayproxy').env ?? [];

  it('is in the namespace, and called by the prefix', () => {
    for (const { kind, metadata } of manifests.all) {
      const isShared = CLUSTER_WIDE.includes(kind);
      expect([kind, metadata.namespace]).toEqual([kind, isShared ? undefined : namespace]);
      // A prefix would be lost on what an operator makes of its name.
      if (!isShared && kind !== 'Cluster') expect(metadata.name).toMatch(new RegExp(`^${prefix}sprayproxy`));
    }
    for (const name of clusterWide(manifests)) expect(name).toContain(` ${namespace}:`);
  });

  it('runs the image, for the backends that are given', () => {
    const jobs = manifests.every('Job').map(({ spec }) => spec?.template.spec?.containers[0]?.image);
    expect(manifests.container('sprayproxy').image).toBe(IMAGE);
    expect(jobs.filter((image) => image !== IMAGE)).toEqual([]);

    const { name = '', key } =
      env.find((each) => each.name === 'SPRAYPROXY_SERVER_BACKEND')?.valueFrom?.configMapKeyRef ?? {};
    expect(manifests.one('ConfigMap', name).data).toEqual({ [String(key)]: BACKENDS });
  });

  it('copies the disks that the StatefulSet of that name has had', () => {
    const before = foreign({ overlay, namespace, prefix }).every('StatefulSet');
    const disks = before.flatMap(({ metadata, spec }) =>
      Array.from({ length: spec?.replicas ?? 0 }, (_, number) => `spool-${metadata.name}-${number}`),
    );
    const copied = manifests
      .every('Job')
      .flatMap(({ spec }) =>
        spec?.template.spec?.volumes?.flatMap(
          ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
        ),
      );
    expect(copied).toEqual(components.includes('spool-postgres/copy') ? disks : []);
  });

  it('has the replicas and variables of the overlay with these components itself', () => {
    const own = withComponents(overlay, ...components);
    expect(manifests.workload().replicas).toEqual(own.workload().replicas);
    const names = (variables: { name: string }[] = []) => variables.map(({ name }) => name).toSorted();
    expect(names(env)).toEqual(names(own.container('sprayproxy').env));
    expect(manifests.all.map(({ kind }) => kind).toSorted()).toEqual(
      own.all.map(({ kind }) => kind).toSorted(),
    );
  });
});

describe.each(OVERLAYS)('two installations of %s', (overlay) => {
  it.each([
    ['namespaces', ['', '']],
    ['namespaces and prefixes', ['a-', 'b-']],
  ])('that differ by %s share nothing', (_by, [first = '', second = '']) => {
    const of = (namespace: string, prefix: string) =>
      clusterWide(foreign({ overlay, components: EVERYTHING, namespace, prefix }));
    const names = of('team-a', first);
    expect(names.length).toBeGreaterThan(4);
    expect(of('team-b', second).filter((name) => names.includes(name))).toEqual([]);
  });
});

it('follows a host that is given in one place', () => {
  const manifests = renderedElsewhere(`
namespace: team-a
resources: [${OURS}/k8s/overlays/kubernetes]
patches:
  - target: { kind: Ingress }
    patch: |
      - { op: replace, path: /spec/rules/0/host, value: hooks.example.org }
transformers: [${OURS}/k8s/installation/kubernetes]
`);
  const { spec } = manifests.one('Ingress', 'sprayproxy');
  expect(spec?.tls?.map(({ hosts }) => hosts)).toEqual([['hooks.example.org']]);
  expect(manifests.one('Certificate', 'sprayproxy-ingress-tls').spec.dnsNames).toEqual(['hooks.example.org']);
});

it('may be the base of another layer', () => {
  const layer = (namespace: string, prefix: string, resource: string, ours = OURS) => `
namespace: ${namespace}
namePrefix: ${prefix}
resources: [${resource}]
components: [${ours}/k8s/components/monitoring]
transformers: [${ours}/k8s/installation/kubernetes]
`;
  const overlay = `${OURS}/k8s/overlays/kubernetes`;
  const once = renderedElsewhere(layer('team-b', 'b-a-', overlay));
  const twice = renderedElsewhere(layer('team-b', 'b-', './first').replace(/^components.*\n/m, ''), {
    'first/kustomization.yaml': layer('team-a', 'a-', `../${overlay}`, `../${OURS}`),
  });
  expect(twice.all).toEqual(once.all);
});

describe('the example of the README', () => {
  const [text] = present(
    /(?<=```yaml\n)apiVersion: (?:(?!```)[\s\S])*\ntransformers:(?:(?!```)[\s\S])*/.exec(
      readFileSync(join(MANIFESTS, 'README.md'), 'utf8'),
    ),
    'example in README.md',
  );
  const manifests = renderedElsewhere(
    text.replaceAll(/https:\/\/git\.example\.com\/platform\/sprayproxy\/\/(\S+)\?ref=\S+/g, `${OURS}/$1`),
  );

  it('is an installation in another namespace, with a prefix', () => {
    expect(manifests.one('ServiceAccount', 'a-sprayproxy').metadata.namespace).toBe('team-a');
    expect(manifests.container('sprayproxy').image).toMatch(/^quay\.example\.com\/.+@sha256:/);
  });

  it('has its own addresses in alerts, and its own policy', () => {
    const rules = manifests
      .every('PrometheusRule')
      .flatMap(({ spec }) => spec.groups ?? [])
      .flatMap((group) => group.rules ?? [])
      .flatMap(({ annotations = {} }) => [annotations.runbook_url ?? [], annotations.dashboard_url ?? []])
      .flat();
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter((url) => !/^https:\/\/(docs|grafana)\.team-a\.example\.com\//.test(url))).toEqual([]);
    expect(manifests.endpoints().map(({ tlsConfig }) => tlsConfig?.serverName)).toEqual([
      'a-sprayproxy-metrics.team-a.svc',
    ]);
  });
});

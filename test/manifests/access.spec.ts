import { BackendsController } from '../../src/backends/backends.controller.js';
import { DeliveriesController } from '../../src/deliveries/deliveries.controller.js';
import { flags, portOf } from './support/flags.js';
import { edited, type Manifests, OVERLAYS, overlay } from './support/kustomize.js';
import { servedBy } from './support/served.js';

const CLUSTER_WIDE = ['ClusterRole', 'ClusterRoleBinding'];

/** What every overlay grants. */
const COMMON = [
  'sprayproxy system:auth-delegator',
  'sprayproxy-operator sprayproxy:deliveries: get,create,delete /deliveries,/deliveries/*',
];

/** Who may do what: `ServiceAccount role: verbs paths`. */
function grants(manifests: Manifests): string[] {
  return manifests.every('ClusterRoleBinding').flatMap(({ roleRef, subjects = [] }) =>
    subjects.map(({ name }) => {
      const role = manifests.every('ClusterRole').find(({ metadata }) => metadata.name === roleRef.name);
      const rules = (role?.rules ?? []).map(
        ({ verbs, nonResourceURLs = [] }) => `: ${verbs.join(',')} ${nonResourceURLs.join(',')}`,
      );
      return `${name} ${roleRef.name}${rules.join()}`;
    }),
  );
}

describe('RBAC', () => {
  it.each([
    ['openshift', COMMON],
    ['kubernetes', COMMON],
    ['qe', [...COMMON, 'sprayproxy-qe sprayproxy:backends: get,create,delete /backends']],
  ] as const)('of %s grants what is needed and no more', (name, expected) => {
    expect(grants(overlay(name)).toSorted()).toEqual(expected.toSorted());
  });

  it.each(OVERLAYS)('of %s lets Prometheus be given the metrics', (name) => {
    expect(overlay(name).one('ClusterRole', 'sprayproxy:metrics-reader').rules).toEqual([
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
  });
});

/** As kube-rbac-proxy translates a request. HEAD and OPTIONS are refused. */
const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', DELETE: 'delete' };

const covers = (nonResourceUrl: string, path: string): boolean =>
  nonResourceUrl.endsWith('/*') ? path.startsWith(nonResourceUrl.slice(0, -1)) : path === nonResourceUrl;

describe('the controllers', () => {
  it.each([
    ['sprayproxy:deliveries', DeliveriesController],
    ['sprayproxy:backends', BackendsController],
  ])('serve what %s grants, by the verbs it grants', (role, controller) => {
    const served = servedBy(controller);
    const rules = overlay('qe').one('ClusterRole', role).rules ?? [];
    const urls = rules.flatMap(({ nonResourceURLs = [] }) => nonResourceURLs);

    expect(served.length).toBeGreaterThan(0);
    expect(served.filter(({ path }) => !urls.some((url) => covers(url, path)))).toEqual([]);
    expect(urls.filter((url) => !served.some(({ path }) => covers(url, path)))).toEqual([]);
    const verbs = served.map(({ method }) => VERBS[method]);
    expect([...new Set(verbs)].toSorted()).toEqual(rules.flatMap((rule) => rule.verbs).toSorted());
  });
});

describe('NetworkPolicy', () => {
  const manifests = overlay('openshift');
  const policy = manifests.one('NetworkPolicy', 'sprayproxy').spec;
  const ports = (rules: { ports?: { port?: number | string }[] }[] = []) =>
    rules.flatMap((rule) => rule.ports?.map(({ port }) => port));

  it('governs both directions', () => {
    expect(policy?.policyTypes).toEqual(['Ingress', 'Egress']);
  });

  it('lets in at the door for webhooks, and those of the sidecars', () => {
    const doors = (manifests.pod().initContainers ?? []).map(({ args }) =>
      portOf(flags(args).get('secure-listen-address')),
    );
    expect(ports(policy?.ingress)).toEqual([8444, ...doors]);
  });

  it('lets out to DNS, backends and the API server only', () => {
    expect([...new Set(ports(policy?.egress))]).toEqual([53, 5353, 443, 6443]);
  });
});

describe.each(OVERLAYS)('namespace of %s', (name) => {
  it('is changed in one line, for everything that depends on it', () => {
    const manifests = edited(name, (text) =>
      text.replace('\nnamespace: sprayproxy\n', '\nnamespace: elsewhere\n'),
    );

    for (const { kind, metadata } of manifests.all) {
      expect([kind, metadata.namespace]).toEqual([
        kind,
        CLUSTER_WIDE.includes(kind) ? undefined : 'elsewhere',
      ]);
    }
    for (const { metadata } of manifests.every('ClusterRole')) expect(metadata.name).toMatch(/^elsewhere:/);
    for (const { metadata, subjects = [] } of manifests.every('ClusterRoleBinding')) {
      expect(metadata.name).toMatch(/^elsewhere:/);
      for (const { namespace } of subjects) expect(namespace).toBe('elsewhere');
    }
    for (const dnsName of manifests.every('Certificate').flatMap(({ spec }) => spec.dnsNames ?? [])) {
      expect(dnsName).toMatch(
        /^(sprayproxy|sprayproxy-metrics)\.(elsewhere\.svc(\.cluster\.local)?|example\.com)$/,
      );
    }
  });
});

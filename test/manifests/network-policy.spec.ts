import { type Overlay, OVERLAYS, overlay, withComponents } from './support/kustomize.js';
import { present } from './support/present.js';

const policy = (name: Overlay, ...components: readonly string[]) =>
  present(withComponents(name, ...components).one('NetworkPolicy', 'sprayproxy').spec, 'policy');

interface Peer {
  namespaceSelector?: unknown;
  podSelector?: unknown;
  ipBlock?: { cidr: string };
}

/** Who may come to a port, or be gone to there; `undefined`: anybody. */
function peers(
  rules: { ports?: { port?: number | string }[]; from?: Peer[]; to?: Peer[] }[] = [],
  port: number,
) {
  const of = rules.filter(({ ports = [] }) => ports.some((each) => each.port === port));
  expect(of).toHaveLength(1);
  return of[0]?.from ?? of[0]?.to;
}

const named = (...names: string[]) => ({
  namespaceSelector: {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }],
  },
});
const namespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

describe.each(OVERLAYS)('%s', (name) => {
  const plain = present(overlay(name).one('NetworkPolicy', 'sprayproxy').spec, 'policy');

  it('admits anybody in the cluster by itself, and goes to any DNS and backend', () => {
    for (const port of [8444, 8443, 9443]) expect(peers(plain.ingress, port)).toBeUndefined();
    for (const port of [53, 443]) expect(peers(plain.egress, port)).toBeUndefined();
  });

  it.each([
    [
      'openshift',
      [{ namespaceSelector: { matchLabels: { 'policy-group.network.openshift.io/ingress': '' } } }],
      [named('openshift-monitoring', 'openshift-user-workload-monitoring')],
      [namespace('openshift-dns')],
    ],
    [
      'kubernetes',
      [
        {
          ...namespace('ingress-nginx'),
          podSelector: {
            matchLabels: {
              'app.kubernetes.io/name': 'ingress-nginx',
              'app.kubernetes.io/component': 'controller',
            },
          },
        },
      ],
      [{ namespaceSelector: { matchLabels: { 'sprayproxy/scrapes': 'true' } } }],
      [{ ...namespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    ],
  ])(
    'with %s admits the router and Prometheus, and asks its DNS, alone',
    (component, router, scraper, dns) => {
      const { ingress, egress } = policy(name, `network-policy/${component}`);
      expect(peers(ingress, 8444)).toEqual(router);
      expect(peers(ingress, 9443)).toEqual(scraper);
      expect(peers(egress, 53)).toEqual(dns);
      // Whoever comes there needs a token, and backends may be anywhere.
      expect(peers(ingress, 8443)).toBeUndefined();
      expect(peers(egress, 443)).toBeUndefined();
      expect([ingress?.length, egress?.length]).toEqual([plain.ingress?.length, plain.egress?.length]);
    },
  );

  it.each([
    ['spool-postgres', 'network-policy/closed-egress'],
    ['network-policy/closed-egress', 'spool-postgres'],
  ])('with %s and %s goes to addresses, DNS and the database alone', (...components) => {
    const { egress } = policy(name, ...components);
    for (const port of [443, 6443])
      expect(peers(egress, port)).toEqual([
        { ipBlock: { cidr: '192.0.2.0/24' } },
        { ipBlock: { cidr: '198.51.100.0/24' } },
      ]);
    expect(egress).toHaveLength(3);
  });
});

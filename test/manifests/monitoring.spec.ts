import { flags } from './support/flags.js';
import { edited, addComponents, OVERLAYS, overlay, withComponents } from './support/kustomize.js';
import { present } from './support/present.js';

describe.each(OVERLAYS)('%s with monitoring', (name) => {
  const manifests = withComponents(name, 'monitoring');
  const [endpoint] = manifests.endpoints();
  const { port, path, scheme, interval, authorization, tlsConfig } = present(endpoint, 'endpoint');
  const { namespaceSelector, selector } = manifests.one('ServiceMonitor', 'sprayproxy').spec;
  const scraped = manifests
    .every('Service')
    .filter(({ metadata }) =>
      Object.entries(selector.matchLabels ?? {}).every(
        ([label, value]) => metadata.labels?.[label] === value,
      ),
    );

  it('scrapes the Service of the metrics sidecar, and no other', () => {
    expect(scraped.map(({ metadata }) => metadata.name)).toEqual(['sprayproxy-metrics']);
    expect(scraped[0]?.spec?.ports?.map((each) => each.name)).toEqual([port]);
  });

  it('looks in its own namespace only: elsewhere the token would go to whoever has that label', () => {
    expect(namespaceSelector).toBeUndefined();
  });

  it('scrapes often enough for a rate over 5 minutes, and for the mark at a start, which is there for a minute', () => {
    const [, seconds] = /^(\d+)s$/.exec(interval ?? '') ?? [];
    expect(Number(seconds)).toBeLessThanOrEqual(60);
  });

  it('asks for the path that the sidecar lets through, over TLS', () => {
    const given = flags(manifests.container('kube-rbac-metrics').args);
    expect(given.get('allow-paths')?.split(',')).toEqual([path]);
    expect(given.has('tls-cert-file')).toBe(true);
    expect(scheme).toBe('https');
  });

  it('verifies the certificate, by the authority and the name it is made for', () => {
    const { namespace } = manifests.one('Service', 'sprayproxy-metrics').metadata;
    const ca =
      name === 'kubernetes'
        ? { secret: { name: 'sprayproxy-metrics-tls', key: 'ca.crt' } }
        : { configMap: { name: 'openshift-service-ca.crt', key: 'service-ca.crt' } };
    expect(tlsConfig).toEqual({
      ca,
      serverName: `sprayproxy-metrics.${present(namespace, 'namespace')}.svc`,
    });
  });

  it('comes with the token of one who may read the metrics and nothing else', () => {
    const token = manifests.one('Secret', present(authorization?.credentials?.name, 'name of the Secret'));
    expect(authorization?.credentials?.key).toBe('token');
    expect(token.type).toBe('kubernetes.io/service-account-token');

    const reader = token.metadata.annotations?.['kubernetes.io/service-account.name'];
    const roles = manifests
      .every('ClusterRoleBinding')
      .filter(({ subjects = [] }) => subjects.some((subject) => subject.name === reader))
      .map(({ roleRef }) => roleRef.name);
    expect(roles).toEqual(['sprayproxy:metrics-reader']);
    expect(manifests.one('ClusterRole', 'sprayproxy:metrics-reader').rules).toEqual([
      { nonResourceURLs: [path], verbs: ['get'] },
    ]);
  });

  it('leaves everything else as it is', () => {
    expect(manifests.all).toEqual(expect.arrayContaining([...overlay(name).all]));
  });

  it('follows a change of the namespace', () => {
    const moved = edited(name, (text) =>
      addComponents(text.replace('\nnamespace: sprayproxy\n', '\nnamespace: elsewhere\n'), ['monitoring']),
    );
    expect(moved.endpoints().map((each) => each.tlsConfig?.serverName)).toEqual([
      'sprayproxy-metrics.elsewhere.svc',
    ]);
    const binding = moved.one('ClusterRoleBinding', 'elsewhere:metrics-reader');
    expect(binding.subjects?.map(({ namespace }) => namespace)).toEqual(['elsewhere']);
    for (const kind of ['PrometheusRule', 'Secret', 'ServiceMonitor'] as const)
      for (const { metadata } of moved.every(kind)) expect(metadata.namespace).toBe('elsewhere');
  });
});

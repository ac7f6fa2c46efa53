import { everyInstallation } from './support/foreign.js';
import { present } from './support/present.js';

const matches = (
  labels: Record<string, string> | undefined,
  selector: Record<string, string> | undefined,
): boolean =>
  selector !== undefined &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([label, value]) => labels?.[label] === value);

describe.each(everyInstallation())('$of', ({ manifests }) => {
  const volumes = manifests.pod().volumes ?? [];
  const containers = manifests.containers();
  const ports = containers.flatMap((container) => container.ports ?? []);
  const names = (kind: Parameters<typeof manifests.every>[0]) =>
    manifests.every(kind).map(({ metadata }) => metadata.name);

  it('points every selector at the pods', () => {
    const selectors = [
      manifests.workload().selector.matchLabels,
      ...(manifests.pod().topologySpreadConstraints ?? []).map(
        ({ labelSelector }) => labelSelector?.matchLabels,
      ),
      ...manifests.every('Service').map(({ spec }) => spec?.selector),
      ...manifests.every('PodDisruptionBudget').map(({ spec }) => spec?.selector?.matchLabels),
      ...manifests.every('NetworkPolicy').map(({ spec }) => spec?.podSelector.matchLabels),
    ];

    // Only a StatefulSet has a Service that gives names.
    expect(selectors).toHaveLength(manifests.every('StatefulSet').length === 1 ? 7 : 6);
    expect(selectors.filter((selector) => !matches(manifests.podLabels(), selector))).toEqual([]);
  });

  it('has in the pod every port of a Service, a probe or the NetworkPolicy', () => {
    const targets = manifests
      .every('Service')
      .flatMap(({ spec }) => spec?.ports?.map(({ targetPort }) => targetPort) ?? []);
    const admitted = manifests
      .every('NetworkPolicy')
      .flatMap(({ spec }) => spec?.ingress?.flatMap((rule) => rule.ports?.map(({ port }) => port)) ?? []);
    expect(targets.sort()).toEqual([8443, 8444, 9443]);
    expect(admitted.sort()).toEqual(targets);
    expect(ports.map(({ containerPort }) => containerPort)).toEqual(expect.arrayContaining(targets));

    const probed = containers.flatMap((container) =>
      [container.startupProbe, container.readinessProbe, container.livenessProbe]
        .filter((probe) => probe !== undefined)
        .map((probe) => [container.ports?.map(({ name }) => name), probe.httpGet?.port]),
    );
    expect(probed).toHaveLength(5);
    for (const [own, port] of probed) expect(own).toContain(port);
  });

  it('points Route and Ingress at the port of the Service that is for them', () => {
    const routed = manifests.every('Route').map(({ spec }) => ({
      path: spec.path,
      service: spec.to.name,
      port: present(spec.port, 'Route port').targetPort,
    }));
    const ingressed = manifests.every('Ingress').flatMap(({ spec }) =>
      (spec?.rules ?? []).flatMap(({ http }) =>
        (http?.paths ?? []).map(({ path, backend }) => ({
          path,
          service: present(backend.service, 'Ingress service').name,
          port: present(backend.service?.port?.name, 'Ingress port'),
        })),
      ),
    );
    const doors = [...routed, ...ingressed];

    expect(doors.length).toBeGreaterThan(0);
    for (const { path, service, port } of doors) {
      const { spec } = manifests.one('Service', service);
      const target = spec?.ports?.find(({ name }) => name === port)?.targetPort;
      expect([path, target]).toEqual([path, path === '/backends' ? 8443 : 8444]);
    }
  });

  it('has the StatefulSet named by a Service there is, and the autoscaler name the Deployment', () => {
    const named = manifests.every('StatefulSet').map(({ spec }) => spec?.serviceName);
    expect(names('Service')).toEqual(expect.arrayContaining(named));
    const targets = manifests
      .every('HorizontalPodAutoscaler')
      .map(({ spec }) => [spec?.scaleTargetRef.kind, spec?.scaleTargetRef.name]);
    for (const target of targets) expect(target).toEqual(['Deployment', names('Deployment')[0]]);
  });

  it('finds the database, by the names that its operator makes of its own', () => {
    const { env = [] } = manifests.container('sprayproxy');
    const url = env.find(({ name }) => name === 'SPRAYPROXY_SPOOL_URL')?.value ?? '';
    const [host] = /(?<=@)[^/]+/.exec(url) ?? [];
    const reached = manifests
      .every('NetworkPolicy')
      .flatMap(({ spec }) => spec?.egress?.flatMap(({ to = [] }) => to) ?? [])
      .flatMap(({ podSelector }) => podSelector?.matchLabels?.['cnpg.io/cluster'] ?? []);
    expect(reached).toEqual(names('Cluster'));
    expect(host).toBe(names('Cluster').map((name) => `${name}-rw`)[0]);
  });

  /** The Secret with the certificate that a container has there. */
  const secretAt = (container: string, path: string) => {
    const mount = manifests.container(container).volumeMounts?.find(({ mountPath }) => mountPath === path);
    return volumes.find((volume) => volume.name === mount?.name)?.secret?.secretName;
  };

  /** The names that the certificate in a Secret is made for. */
  const namesIn = (secret: string | undefined): string[] => [
    ...manifests
      .every('Certificate')
      .filter(({ spec }) => spec.secretName === secret)
      .flatMap(({ spec }) => spec.dnsNames ?? []),
    // As OpenShift makes it.
    ...manifests
      .every('Service')
      .filter(
        ({ metadata }) =>
          metadata.annotations?.['service.beta.openshift.io/serving-cert-secret-name'] === secret,
      )
      .map(({ metadata }) => `${metadata.name}.${present(metadata.namespace, 'namespace')}.svc`)
      .flatMap((service) => [service, `${service}.cluster.local`]),
  ];

  it('gives whoever listens the certificate of the Service that leads there', () => {
    for (const { metadata, spec } of manifests.every('Service')) {
      for (const { targetPort } of spec?.ports ?? []) {
        const listener = containers.find((each) =>
          each.ports?.some(({ containerPort }) => containerPort === targetPort),
        );
        const service = `${metadata.name}.${present(metadata.namespace, 'namespace')}.svc`;
        expect(namesIn(secretAt(present(listener, 'container').name, '/etc/tls'))).toEqual([
          service,
          `${service}.cluster.local`,
        ]);
      }
    }
  });

  it('asks for a certificate of the public host', () => {
    const hosts = manifests
      .every('Ingress')
      .flatMap(({ spec }) => spec?.tls?.map((tls) => [tls.hosts, namesIn(tls.secretName)]) ?? []);
    const rules = manifests
      .every('Ingress')
      .map(({ spec }) => spec?.rules?.map(({ host }) => host))
      .map((host) => [host, host]);
    expect(hosts).toEqual(rules);
  });

  it('has Prometheus scrape the metrics sidecar by its name, authority and job', () => {
    const scraped = manifests.every('ServiceMonitor').map(({ spec }) => {
      const services = manifests
        .every('Service')
        .filter(({ metadata }) => matches(metadata.labels, spec.selector.matchLabels));
      const [endpoint] = spec.endpoints;
      const { ca, serverName } = endpoint?.tlsConfig ?? {};
      const secret = secretAt('kube-rbac-metrics', '/etc/tls');
      return {
        targets: services.flatMap(({ spec: service }) =>
          service?.ports?.filter(({ name }) => name === endpoint?.port).map(({ targetPort }) => targetPort),
        ),
        named: namesIn(secret).includes(present(serverName, 'serverName')),
        authority: ca?.secret === undefined ? ca?.configMap : { ...ca.secret, beside: secret },
        jobs: services.map(({ metadata }) => metadata.labels?.[present(spec.jobLabel, 'jobLabel')]),
      };
    });
    const authority =
      names('Certificate').length === 0
        ? { name: 'openshift-service-ca.crt', key: 'service-ca.crt' }
        : { name: 'sprayproxy-metrics-tls', key: 'ca.crt', beside: 'sprayproxy-metrics-tls' };
    const [expected] = [{ targets: [9443], named: true, authority, jobs: ['sprayproxy-metrics'] }];
    for (const each of scraped) expect(each).toEqual(expected);
  });
});

import { dirname } from 'node:path/posix';

import { documentedVariables } from '../../src/config/environment-variables.js';
import { flags, portOf } from './support/flags.js';
import { base, everyCombination, type Manifests } from './support/kustomize.js';
import { present } from './support/present.js';

/** Made by hand, or by every cluster. Whatever else is named must be among the manifests. */
const MADE_ELSEWHERE = {
  secrets: ['sprayproxy-webhook-secret', 'sprayproxy-spool', 'sprayproxy-github-app'],
  configMaps: ['kube-root-ca.crt', 'openshift-service-ca.crt', 'sprayproxy-spool-ca'],
  clusterRoles: ['system:auth-delegator'],
  clusterIssuers: ['letsencrypt'],
};

const SERVING_CERTIFICATE = 'service.beta.openshift.io/serving-cert-secret-name';

/** Secrets that a manifest is, or that cert-manager, OpenShift or CloudNativePG make because one asks for them. */
function secretsMade(manifests: Manifests): string[] {
  const byAnnotation = manifests
    .every('Service')
    .flatMap(({ metadata }) => metadata.annotations?.[SERVING_CERTIFICATE] ?? []);
  return [
    ...byAnnotation,
    ...manifests.every('Certificate').map(({ spec }) => spec.secretName),
    ...manifests.every('Cluster').flatMap(({ metadata: { name } }) => [`${name}-app`, `${name}-ca`]),
    ...manifests.every('Secret').map(({ metadata }) => metadata.name),
  ];
}

/** Items of `wanted` that are not in `known`. */
const lacking = (wanted: readonly string[], ...known: (readonly string[])[]): string[] =>
  wanted.filter((name) => !known.flat().includes(name));

const matches = (labels: Record<string, string>, selector: Record<string, string> | undefined): boolean =>
  selector !== undefined &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([label, value]) => labels[label] === value);

describe.each(everyCombination())('$of', ({ manifests }) => {
  const volumes = manifests.pod().volumes ?? [];
  const names = (kind: Parameters<Manifests['every']>[0]) =>
    manifests.every(kind).map(({ metadata }) => metadata.name);

  it('has every Secret that a volume, a variable, an Ingress, an Issuer or a ServiceMonitor names', () => {
    const wanted = [
      ...volumes.flatMap(({ secret }) => secret?.secretName ?? []),
      ...volumes.flatMap(
        ({ projected }) => projected?.sources?.flatMap(({ secret }) => secret?.name ?? []) ?? [],
      ),
      ...manifests
        .containers()
        .flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? [])),
      ...manifests
        .every('Ingress')
        .flatMap(({ spec }) => spec?.tls?.map(({ secretName }) => secretName) ?? []),
      ...manifests.every('Issuer').flatMap(({ spec }) => spec.ca?.secretName ?? []),
      ...manifests
        .endpoints()
        .flatMap(({ authorization, tlsConfig }) => [
          authorization?.credentials?.name ?? [],
          tlsConfig?.ca?.secret?.name ?? [],
        ])
        .flat(),
    ];

    expect(wanted).toContain('sprayproxy-tls');
    expect(lacking(wanted.map(String), secretsMade(manifests), MADE_ELSEWHERE.secrets)).toEqual([]);
  });

  it('has every ConfigMap and key that anything names', () => {
    const references = [
      ...manifests
        .containers()
        .flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef ?? [])),
      ...manifests.every('GrafanaDashboard').flatMap(({ spec }) => spec.configMapRef ?? []),
    ];
    const projected = [
      ...volumes.flatMap(({ configMap }) => configMap?.name ?? []),
      ...volumes.flatMap(
        (volume) => volume.projected?.sources?.flatMap(({ configMap }) => configMap?.name ?? []) ?? [],
      ),
      ...manifests.endpoints().flatMap(({ tlsConfig }) => tlsConfig?.ca?.configMap?.name ?? []),
    ];

    expect(references.length).toBeGreaterThan(0);
    for (const { name: configMap = '', key } of references) {
      expect(manifests.one('ConfigMap', configMap).data).toHaveProperty([key]);
    }
    expect(lacking(projected, names('ConfigMap'), MADE_ELSEWHERE.configMaps)).toEqual([]);
  });

  it('mounts only volumes there are, and each of them somewhere', () => {
    const mounted = manifests
      .containers()
      .flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount) => mount.name));
    expect([...new Set(mounted)].sort()).toEqual(manifests.volumeNames().sort());
  });

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

  it('points every Service at a port that the pod has', () => {
    const ports = manifests.containers().flatMap((container) => container.ports ?? []);
    const targets = manifests
      .every('Service')
      .flatMap(({ spec }) => spec?.ports?.map(({ targetPort }) => targetPort) ?? []);

    expect(targets.sort()).toEqual([8443, 8444, 9443]);
    expect(ports.map(({ containerPort }) => containerPort)).toEqual(expect.arrayContaining(targets));
  });

  it('points Route and Ingress at a port that the Service has', () => {
    const routed = manifests
      .every('Route')
      .map(({ spec }) => ({ service: spec.to.name, port: present(spec.port, 'Route port').targetPort }));
    const ingressed = manifests.every('Ingress').flatMap(({ spec }) =>
      (spec?.rules ?? []).flatMap(({ http }) =>
        (http?.paths ?? []).map(({ backend }) => ({
          service: present(backend.service, 'Ingress service').name,
          port: present(backend.service?.port?.name, 'Ingress port'),
        })),
      ),
    );
    const doors = [...routed, ...ingressed];

    expect(doors.length).toBeGreaterThan(0);
    for (const { service, port } of doors) {
      const ports = manifests.one('Service', service).spec?.ports?.map((each) => each.name);
      expect(ports).toContain(port);
    }
  });

  it('binds roles there are to ServiceAccounts there are, in their namespace', () => {
    const bindings = manifests.every('ClusterRoleBinding');

    expect(
      lacking(
        bindings.map(({ roleRef }) => roleRef.name),
        names('ClusterRole'),
        MADE_ELSEWHERE.clusterRoles,
      ),
    ).toEqual([]);
    for (const subject of bindings.flatMap(({ subjects = [] }) => subjects)) {
      expect(subject.kind).toBe('ServiceAccount');
      expect(manifests.one('ServiceAccount', subject.name).metadata.namespace).toBe(subject.namespace);
    }
    expect(names('ServiceAccount')).toContain(manifests.pod().serviceAccountName);
  });

  it('has every ServiceAccount of which a Secret holds the token', () => {
    const accounts = manifests
      .every('Secret')
      .flatMap(({ metadata }) => metadata.annotations?.['kubernetes.io/service-account.name'] ?? []);
    expect(lacking(accounts, names('ServiceAccount'))).toEqual([]);
  });

  it('sets only variables that the program knows', () => {
    const variables = manifests.container('sprayproxy').env?.map((variable) => variable.name) ?? [];
    expect(variables.filter((variable) => !documentedVariables.has(variable))).toEqual([]);
  });

  it('asks issuers there are for certificates of names there are', () => {
    const certificates = manifests.every('Certificate');
    const issuers = certificates.map(({ spec }) => spec.issuerRef);
    const of = (kind: string) =>
      issuers.filter((issuer) => issuer.kind === kind).map((issuer) => issuer.name);

    expect(lacking(of('Issuer'), names('Issuer'))).toEqual([]);
    expect(lacking(of('ClusterIssuer'), MADE_ELSEWHERE.clusterIssuers)).toEqual([]);

    const hosts = manifests
      .every('Ingress')
      .flatMap(({ spec }) => spec?.rules?.map(({ host }) => host) ?? []);
    const services = manifests
      .every('Service')
      .map(({ metadata }) => `${metadata.name}.${present(metadata.namespace, 'namespace')}.svc`);
    expect(
      lacking(
        certificates.flatMap(({ spec }) => spec.dnsNames ?? []),
        hosts.map(String),
        services,
        services.map((service) => `${service}.cluster.local`),
      ),
    ).toEqual([]);
  });

  it('gives each sidecar the certificate of its own Service', () => {
    const secretAt = (container: string, path: string) => {
      const mount = manifests.container(container).volumeMounts?.find(({ mountPath }) => mountPath === path);
      return volumes.find((volume) => volume.name === mount?.name)?.secret?.secretName;
    };
    expect(secretAt('kube-rbac-proxy', '/etc/tls')).toBe('sprayproxy-tls');
    expect(secretAt('kube-rbac-metrics', '/etc/tls')).toBe('sprayproxy-metrics-tls');
  });
});

describe('inside the pod', () => {
  const manifests = base();
  const sidecars = manifests.containers().filter(({ name }) => name !== 'sprayproxy');
  const env = new Map(manifests.container('sprayproxy').env?.map(({ name, value }) => [name, value]));

  it('connects each sidecar to a listener of the program', () => {
    const host = present(env.get('SPRAYPROXY_SERVER_HOST'), 'SPRAYPROXY_SERVER_HOST');
    const upstreams = sidecars.map(({ args }) => flags(args).get('upstream'));
    expect(upstreams).toEqual([
      `http://${host}:${present(env.get('SPRAYPROXY_SERVER_PORT'), 'port')}/`,
      `http://${host}:${present(env.get('SPRAYPROXY_SERVER_METRICS_PORT'), 'metrics port')}/`,
    ]);
  });

  it('declares the ports that each sidecar opens', () => {
    for (const { args, ports } of sidecars) {
      const opened = flags(args);
      expect(ports?.map(({ containerPort }) => containerPort)).toEqual([
        portOf(opened.get('secure-listen-address')),
        Number(opened.get('proxy-endpoints-port')),
      ]);
    }
  });

  it('finds every file it is told of in a mounted directory', () => {
    const files = sidecars.flatMap((container) => {
      const given = flags(container.args);
      return [given.get('tls-cert-file'), given.get('tls-private-key-file')].map((file) => ({
        container,
        file,
      }));
    });
    files.push({ container: manifests.container('sprayproxy'), file: env.get('GH_APP_WEBHOOK_SECRET_FILE') });

    for (const { container, file } of files) {
      const directories = container.volumeMounts?.map(({ mountPath }) => mountPath);
      expect(directories).toContain(dirname(present(file, 'file')));
    }
    const secret = manifests.pod().volumes?.find(({ name }) => name === 'webhook-secret')?.secret;
    expect(secret?.items?.map(({ path }) => `/etc/sprayproxy/${path}`)).toEqual([
      env.get('GH_APP_WEBHOOK_SECRET_FILE'),
    ]);
  });
});

import { documentedVariables } from '../../src/config/environment-variables.js';
import { everyInstallation } from './support/foreign.js';
import { type Manifests } from './support/kustomize.js';

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

describe.each(everyInstallation())('$of', ({ manifests }) => {
  const jobs = manifests.every('Job').flatMap(({ spec }) => spec?.template.spec ?? []);
  const volumes = [manifests.pod(), ...jobs].flatMap((pod) => pod.volumes ?? []);
  const variables = [...manifests.containers(), ...jobs.flatMap((pod) => pod.containers)].flatMap(
    ({ env = [] }) => env,
  );
  const names = (kind: Parameters<Manifests['every']>[0]) =>
    manifests.every(kind).map(({ metadata }) => metadata.name);

  it('has every Secret that a volume, a variable, an Ingress, an Issuer or a ServiceMonitor names', () => {
    const wanted = [
      ...volumes.flatMap(({ secret }) => secret?.secretName ?? []),
      ...volumes.flatMap(
        ({ projected }) => projected?.sources?.flatMap(({ secret }) => secret?.name ?? []) ?? [],
      ),
      ...variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
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
      ...variables.flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef ?? []),
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

  it('binds roles there are to ServiceAccounts there are, in their namespace', () => {
    const bindings = manifests.every('ClusterRoleBinding');

    expect(
      lacking(
        bindings.map(({ roleRef }) => roleRef.name),
        names('ClusterRole'),
        MADE_ELSEWHERE.clusterRoles,
      ),
    ).toEqual([]);
    expect(bindings.flatMap(({ subjects = [] }) => subjects)).not.toEqual([]);
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
    const program = manifests.container('sprayproxy').env ?? [];
    expect(program.filter(({ name }) => !documentedVariables.has(name))).toEqual([]);
  });

  it('asks issuers there are for certificates', () => {
    const issuers = manifests.every('Certificate').map(({ spec }) => spec.issuerRef);
    const of = (kind: string) =>
      issuers.filter((issuer) => issuer.kind === kind).map((issuer) => issuer.name);

    expect(lacking(of('Issuer'), names('Issuer'))).toEqual([]);
    expect(lacking(of('ClusterIssuer'), MADE_ELSEWHERE.clusterIssuers)).toEqual([]);
  });
});

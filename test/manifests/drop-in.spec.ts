import { dirname } from 'node:path/posix';

import { SprayproxyConfig } from '../../src/config/sprayproxy-config.js';
import { documentedVariables } from '../../src/config/environment-variables.js';
import { dropIn } from './support/drop-in.js';
import { flags, portOf } from './support/flags.js';
import { present } from './support/present.js';

/** What the Go program's manifests make: whoever prunes objects that are gone would lose what is not here. */
const ORIGINAL_OBJECTS = [
  'ClusterRole sprayproxy-backend-register',
  'ClusterRole sprayproxy-kube-rbac-proxy',
  'ClusterRole sprayproxy-metrics-reader',
  'ClusterRoleBinding sprayproxy-backend-register',
  'ClusterRoleBinding sprayproxy-kube-rbac-proxy',
  'ClusterRoleBinding sprayproxy-metrics-reader',
  'Deployment sprayproxy',
  'Namespace sprayproxy',
  'Route sprayproxy-route',
  'Secret metrics-reader',
  'Service metrics',
  'Service sprayproxy',
  'ServiceAccount metrics-reader',
  'ServiceAccount sprayproxy',
  'ServiceMonitor sprayproxy',
];

const SIDECARS = ['kube-rbac-proxy', 'kube-rbac-metrics'];

const manifests = dropIn();
const pod = manifests.pod();
const program = manifests.container('sprayproxy');
const sidecars = SIDECARS.map((name) => manifests.container(name));
const env = new Map(program.env?.map(({ name, value }) => [name, value]));

const seconds = (duration: string | undefined): number =>
  Number(/^(\d+)s?$/.exec(present(duration, 'duration'))?.[1]);

describe('whatever names an object of the Go program', () => {
  it('finds it, and what else there is hides nothing', () => {
    const made = manifests.all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(made.toSorted()).toEqual([...ORIGINAL_OBJECTS, 'PodDisruptionBudget sprayproxy'].toSorted());
  });

  it('finds bindings of the same roles to the same accounts, which cannot be changed', () => {
    const bound = manifests
      .every('ClusterRoleBinding')
      .map(({ metadata, roleRef, subjects = [] }) => [
        metadata.name,
        roleRef.name,
        ...subjects.map(({ name, namespace }) => `${namespace}/${name}`),
      ]);
    expect(bound.toSorted()).toEqual([
      ['sprayproxy-backend-register', 'sprayproxy-backend-register', 'sprayproxy/sprayproxy'],
      ['sprayproxy-kube-rbac-proxy', 'sprayproxy-kube-rbac-proxy', 'sprayproxy/sprayproxy'],
      ['sprayproxy-metrics-reader', 'sprayproxy-metrics-reader', 'sprayproxy/metrics-reader'],
    ]);
  });

  it('may do what it might', () => {
    const rules = (name: string) => manifests.one('ClusterRole', name).rules;
    expect(rules('sprayproxy-backend-register')).toEqual([
      { nonResourceURLs: ['/backends'], verbs: ['get', 'create', 'delete'] },
    ]);
    expect(rules('sprayproxy-metrics-reader')).toEqual([{ nonResourceURLs: ['/metrics'], verbs: ['get'] }]);
    expect(rules('sprayproxy-kube-rbac-proxy')).toEqual([
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ]);
  });

  it('finds the Deployment with its selector, which cannot be changed', () => {
    const labels = { 'app.kubernetes.io/name': 'sprayproxy' };
    expect(manifests.deployment().selector).toEqual({ matchLabels: labels });
    expect(manifests.podLabels()).toEqual(labels);
    for (const { spec } of manifests.every('Service')) expect(spec?.selector).toEqual(labels);
    expect(manifests.one('PodDisruptionBudget', 'sprayproxy').spec?.selector?.matchLabels).toEqual(labels);
  });

  it('finds containers, variables, flags and volumes where they stood', () => {
    expect(pod.containers.map(({ name }) => name)).toEqual(['sprayproxy', ...SIDECARS]);
    expect(pod).not.toHaveProperty('initContainers');
    expect(program.env?.slice(0, 2)).toEqual([
      { name: 'SPRAYPROXY_SERVER_BACKEND' },
      { name: 'GH_APP_WEBHOOK_SECRET' },
    ]);
    const at = sidecars.map(({ args }) => [...flags(args).keys()]);
    expect(at[0]?.slice(0, 3)).toEqual(['secure-listen-address', 'upstream', 'ignore-paths']);
    expect(at[1]?.slice(0, 2)).toEqual(['secure-listen-address', 'upstream']);
    expect([at[0]?.[4], at[1]?.[3]]).toEqual(['v', 'v']);
    expect(pod.volumes?.[0]?.name).toBe('tls');
    expect(sidecars[0]?.volumeMounts?.[0]).toMatchObject({ name: 'tls', mountPath: '/etc/tls' });
  });

  it('finds the image by its name, which is none that could be pulled as it is', () => {
    expect(program.image).toBe('ko://github.com/konflux-ci/sprayproxy');
    for (const { image } of sidecars) {
      expect(image).toMatch(/^registry\.redhat\.io\/openshift4\/ose-kube-rbac-proxy:v4\.\d+$/);
    }
  });

  it('finds doors, ports and the token where they were', () => {
    const doors = manifests.every('Service').map(({ metadata, spec }) => [metadata.name, spec?.ports]);
    expect(doors.toSorted()).toEqual([
      ['metrics', [{ name: 'metrics', protocol: 'TCP', port: 9443, targetPort: 'metrics' }]],
      ['sprayproxy', [{ name: 'proxy', protocol: 'TCP', port: 8443, targetPort: 'proxy' }]],
    ]);
    const opened = sidecars.map(({ args, ports }) => [
      portOf(flags(args).get('secure-listen-address')),
      ports,
    ]);
    expect(opened).toEqual([
      [8443, [{ name: 'proxy', containerPort: 8443, protocol: 'TCP' }]],
      [9443, [{ name: 'metrics', containerPort: 9443, protocol: 'TCP' }]],
    ]);
    const { spec } = manifests.one('Route', 'sprayproxy-route');
    expect([spec.to, spec.port]).toEqual([{ kind: 'Service', name: 'sprayproxy' }, { targetPort: 'proxy' }]);
    expect(spec.tls).toEqual({ termination: 'reencrypt', insecureEdgeTerminationPolicy: 'None' });
    expect(sidecars[0]?.volumeMounts).toContainEqual({
      name: 'api-access',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
  });

  it('scrapes the Service by its labels, with the token there is', () => {
    const { spec } = manifests.one('ServiceMonitor', 'sprayproxy');
    const { labels } = manifests.one('Service', 'metrics').metadata;
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(spec.endpoints.map(({ port, bearerTokenSecret }) => [port, bearerTokenSecret?.name])).toEqual([
      ['metrics', manifests.one('Secret', 'metrics-reader').metadata.name],
    ]);
  });
});

describe('the pod', () => {
  it('has nothing to write to, and keeps no spool', () => {
    const mounts = manifests.containers().flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect(mounts.filter(({ readOnly }) => readOnly !== true)).toEqual([]);
    expect([...new Set(mounts.map(({ name }) => name))].toSorted()).toEqual(
      manifests.volumeNames().toSorted(),
    );
    expect(env.has('SPRAYPROXY_SPOOL_URL')).toBe(false);
    expect(documentedVariables.get('SPRAYPROXY_SPOOL_URL')?.default).toBe('off');
  });

  it('takes its secret from where it was, and what else it has from what is made here', () => {
    const file = present(env.get('GH_APP_WEBHOOK_SECRET_FILE'), 'file');
    const mount = program.volumeMounts?.find(({ mountPath }) => mountPath === dirname(file));
    const { secret } = present(
      pod.volumes?.find(({ name }) => name === mount?.name),
      'volume',
    );
    expect(secret).toEqual({
      secretName: 'pipelines-as-code-secret',
      items: [{ key: 'webhook.secret', path: file.slice(dirname(file).length + 1) }],
    });
    const certificates = manifests
      .every('Service')
      .map(({ metadata }) => metadata.annotations?.['service.beta.openshift.io/serving-cert-secret-name']);
    const mounted = pod.volumes?.flatMap((volume) => volume.secret?.secretName ?? []);
    expect(mounted?.toSorted()).toEqual([...certificates, 'pipelines-as-code-secret'].toSorted());
    // Another Service may have a certificate of the other name, and no two get the same.
    expect(certificates).not.toContain('sprayproxy-metrics-tls');
  });

  it('sets only variables that the program knows, each to a value, and opens no other door', () => {
    const variables = program.env ?? [];
    expect(variables.filter(({ name }) => !documentedVariables.has(name))).toEqual([]);
    // A patch that sets a value would leave two sources.
    expect(variables.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
    expect(variables.filter(({ name }) => name.includes('WEBHOOK_PORT'))).toEqual([]);
    expect(env.get('SPRAYPROXY_SERVER_HOST')).toBe('127.0.0.1');
    const given = sidecars.map(({ args }) => flags(args));
    expect(given.map((each) => each.get('upstream'))).toEqual(
      ['SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_METRICS_PORT'].map(
        (variable) => `http://127.0.0.1:${documentedVariables.get(variable)?.default}/`,
      ),
    );
    expect(given.map((each) => each.get('allow-paths'))).toEqual([undefined, '/metrics']);
  });

  it('is a configuration that the program takes, variables without a value being none', () => {
    const { config, faults } = SprayproxyConfig.read(
      Object.fromEntries([...env].map(([name, value]) => [name, value ?? ''])),
    );
    // The Secret is not mounted here.
    expect(faults).toEqual(['GH_APP_WEBHOOK_SECRET_FILE must name a file that this process can read']);
    expect(config).toMatchObject({ staticBackendUrls: [], secret: undefined, spoolDir: undefined });
    expect(config.spoolDatabase).toBeUndefined();
  });

  it('is probed at paths that the sidecar lets through', () => {
    const open = flags(sidecars[0]?.args).get('ignore-paths')?.split(',');
    const { startupProbe, livenessProbe, readinessProbe } = program;
    const probed = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(probed).toEqual(
      ['/healthz', '/healthz', '/readyz'].map((path) => ({ scheme: 'HTTPS', path, port: 8443 })),
    );
    expect(open).toEqual(['/proxy', '/healthz', '/readyz']);
    expect(sidecars.map((sidecar) => sidecar.livenessProbe?.tcpSocket?.port)).toEqual([8443, 9443]);
  });

  it('is locked down, limited and spread', () => {
    for (const { securityContext, resources } of manifests.containers()) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(resources?.limits ?? {})).toEqual(['cpu', 'memory']);
      expect(Object.keys(resources?.requests ?? {})).toEqual(['cpu', 'ephemeral-storage', 'memory']);
    }
    expect(program.resources?.limits).toEqual({ cpu: '500m', memory: '384Mi' });
    expect(pod.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect([pod.automountServiceAccountToken, pod.enableServiceLinks]).toEqual([false, false]);
    expect(manifests.deployment()).toMatchObject({
      // Else what a client registers with one replica is not known to the other, and it cannot tell.
      replicas: 1,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    expect(pod.topologySpreadConstraints).toMatchObject([
      { topologyKey: 'kubernetes.io/hostname', matchLabelKeys: ['pod-template-hash'] },
    ]);
  });

  it('keeps the way out open while the program stops, and ends before it is killed', () => {
    const delay = seconds(env.get('SPRAYPROXY_SHUTDOWN_DELAY'));
    const drained = 2 * delay + seconds(env.get('SPRAYPROXY_SHUTDOWN_TIMEOUT'));
    const [sleep, kept] = sidecars[0]?.lifecycle?.preStop?.exec?.command ?? [];
    expect([delay, sleep]).toEqual([15, 'sleep']);
    expect(seconds(kept)).toBeGreaterThan(drained);
    const attempt = seconds(documentedVariables.get('SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT')?.default);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
      Math.max(seconds(kept) + 10, drained + attempt),
    );
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { documentedVariables } from '../../src/config/environment-variables.js';
import { flags } from './support/flags.js';
import { base, OVERLAYS, overlay, REPOSITORY } from './support/kustomize.js';
import { present } from './support/present.js';

/** Of kube-rbac-proxy 0.22, without those that are deprecated: they are the next to go, as `--logtostderr` did. */
const CURRENT_FLAGS = [
  'allow-paths',
  'auth-header-fields-enabled',
  'auth-header-groups-field-name',
  'auth-header-groups-field-separator',
  'auth-header-user-field-name',
  'auth-token-audiences',
  'client-ca-file',
  'config-file',
  'http2-disable',
  'http2-max-concurrent-streams',
  'http2-max-size',
  'ignore-paths',
  'kube-api-burst',
  'kube-api-qps',
  'kubeconfig',
  'proxy-endpoints-port',
  'secure-listen-address',
  'tls-cert-file',
  'tls-cipher-suites',
  'tls-min-version',
  'tls-private-key-file',
  'upstream',
  'upstream-ca-file',
  'upstream-client-cert-file',
  'upstream-client-key-file',
  'upstream-force-h2c',
  'v',
];

const SIDECARS = ['kube-rbac-proxy', 'kube-rbac-metrics'];

const seconds = (duration: string | undefined): number =>
  Number(/^(\d+)s$/.exec(present(duration, 'duration'))?.[1]);

describe.each(['base', ...OVERLAYS] as const)('%s', (name) => {
  const manifests = name === 'base' ? base() : overlay(name);
  const statefulSet = manifests.statefulSet();
  const pod = manifests.pod();
  const program = manifests.container('sprayproxy');
  const env = new Map(program.env?.map((variable) => [variable.name, variable.value]));

  it('runs one program between two native sidecars', () => {
    expect(pod.containers.map((container) => container.name)).toEqual(['sprayproxy']);
    expect(pod.initContainers?.map((container) => [container.name, container.restartPolicy])).toEqual(
      SIDECARS.map((sidecar) => [sidecar, 'Always']),
    );
  });

  it('locks every container down', () => {
    for (const container of manifests.containers()) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    // No user: the images name theirs, and OpenShift chooses one; it admits no group but its own either.
    const onOpenShift = name === 'openshift' || name === 'qe';
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      fsGroupChangePolicy: 'OnRootMismatch',
      ...(!onOpenShift && { fsGroup: 65532 }),
    });
    expect([pod.hostNetwork, pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined, undefined]);
  });

  it('limits every container, the program to 500m and 384Mi', () => {
    expect(program.resources?.limits).toEqual({ cpu: '500m', memory: '384Mi' });
    for (const { resources } of manifests.containers()) {
      expect(Object.keys(resources?.limits ?? {})).toEqual(['cpu', 'memory']);
      expect(Object.keys(resources?.requests ?? {})).toEqual(['cpu', 'memory']);
    }
  });

  it('pins every image', () => {
    for (const { image } of manifests.containers()) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(program.image?.split(':').at(-1)).toBe(version);
  });

  it('has one writable volume, which the program alone sees: the spool', () => {
    const mounts = manifests
      .containers()
      .flatMap(({ name: container, volumeMounts = [] }) =>
        volumeMounts.map((mount) => ({ ...mount, container })),
      );
    expect(mounts.filter(({ readOnly }) => readOnly !== true)).toEqual([
      { container: 'sprayproxy', name: 'spool', mountPath: '/var/lib/sprayproxy' },
    ]);
    // A subPath never sees a change of its Secret.
    for (const mount of mounts) expect(mount).not.toHaveProperty('subPath');
  });

  it('claims a disk for each replica, with room for a full spool and slack', () => {
    const claims = statefulSet.volumeClaimTemplates ?? [];
    expect(claims.map(({ metadata }) => metadata?.name)).toEqual(['spool']);
    expect(claims.map(({ spec }) => spec?.accessModes)).toEqual([['ReadWriteOnce']]);
    const gib = Number(/^(\d+)Gi$/.exec(String(claims[0]?.spec?.resources?.requests?.storage))?.[1]);
    const maxBytes = Number(documentedVariables.get('SPRAYPROXY_SPOOL_MAX_BYTES')?.default);
    expect(gib * 1024 ** 3).toBeGreaterThanOrEqual(maxBytes * 1.2);
    expect(env.has('SPRAYPROXY_SPOOL_MAX_BYTES')).toBe(false);
    // A directory of its own: what else a file system has at its top is none of the program's business.
    expect(env.get('SPRAYPROXY_SPOOL_URL')).toBe('file:/var/lib/sprayproxy/spool');
  });

  it('starts, stops and names its replicas independently of each other', () => {
    expect(statefulSet.podManagementPolicy).toBe('Parallel');
    const service = manifests.one('Service', present(statefulSet.serviceName, 'serviceName'));
    expect(service.spec?.clusterIP).toBe('None');
  });

  it('keeps the API token from the program', () => {
    const readers = manifests
      .containers()
      .filter(({ volumeMounts }) => volumeMounts?.some((mount) => mount.name === 'api-access'));
    expect(readers.map((container) => container.name)).toEqual(SIDECARS);
    expect(pod.automountServiceAccountToken).toBe(false);
    for (const account of manifests.every('ServiceAccount')) {
      expect(account.automountServiceAccountToken).toBe(false);
    }
  });

  it('binds the program to loopback, where nothing goes round the sidecars', () => {
    expect(env.get('SPRAYPROXY_SERVER_HOST')).toBe('127.0.0.1');
    expect(program.ports).toBeUndefined();
  });

  it('gives the sidecars current flags only, and certificates', () => {
    for (const sidecar of SIDECARS) {
      const given = flags(manifests.container(sidecar).args);
      expect([...given.keys()].filter((flag) => !CURRENT_FLAGS.includes(flag))).toEqual([]);
      expect(Number(given.get('v'))).toBeLessThanOrEqual(2);
      expect([...given.keys()]).toEqual(expect.arrayContaining(['tls-cert-file', 'tls-private-key-file']));
    }
  });

  it('opens nothing without a token but webhooks and health, /deliveries being served', () => {
    expect(env.get('SPRAYPROXY_SERVER_ENABLE_DELIVERIES')).toBe('true');
    const webhooks = flags(manifests.container('kube-rbac-proxy').args);
    const metrics = flags(manifests.container('kube-rbac-metrics').args);
    expect(webhooks.get('ignore-paths')).toBe('/proxy,/healthz,/readyz');
    expect(metrics.get('allow-paths')).toBe('/metrics');
    expect(metrics.has('ignore-paths')).toBe(false);
  });

  it('probes the program at paths that the sidecar lets through', () => {
    const given = flags(manifests.container('kube-rbac-proxy').args);
    const open = given.get('ignore-paths')?.split(',');
    const probes = { ready: program.readinessProbe?.httpGet, live: program.livenessProbe?.httpGet };

    expect(probes).toEqual({
      ready: { scheme: 'HTTPS', path: '/readyz', port: 8443 },
      live: { scheme: 'HTTPS', path: '/healthz', port: 8443 },
    });
    expect(given.get('secure-listen-address')).toBe('0.0.0.0:8443');
    expect(open).toEqual(expect.arrayContaining(['/readyz', '/healthz']));
  });

  it('probes each sidecar at its own port, and restarts it before the program behind it', () => {
    for (const sidecar of SIDECARS) {
      const { args, ports, livenessProbe } = manifests.container(sidecar);
      const probed = ports?.find((port) => port.name === livenessProbe?.httpGet?.port);
      expect(probed?.containerPort).toBe(Number(flags(args).get('proxy-endpoints-port')));
      expect(livenessProbe?.httpGet).toMatchObject({ scheme: 'HTTPS', path: '/healthz' });
      expect(livenessProbe?.failureThreshold).toBeLessThan(program.livenessProbe?.failureThreshold ?? 0);
    }
  });

  it('gives a stopping pod time to be forgotten, to drain and to close its sidecars', () => {
    const drained =
      seconds(env.get('SPRAYPROXY_SHUTDOWN_DELAY')) + seconds(env.get('SPRAYPROXY_SHUTDOWN_TIMEOUT'));
    expect(drained).toBe(30);
    const attempt = seconds(documentedVariables.get('SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT')?.default);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drained + attempt + 10);
  });

  it('lets one pod at a time be disrupted', () => {
    const budget = manifests.one('PodDisruptionBudget', 'sprayproxy').spec;
    expect(budget).toMatchObject({ maxUnavailable: 1 });
    expect(budget).not.toHaveProperty('minAvailable');
  });

  it('spreads its replicas over hosts', () => {
    expect(statefulSet.replicas).toBe(name === 'qe' ? 1 : 2);
    expect(pod.topologySpreadConstraints).toEqual([
      expect.objectContaining({
        topologyKey: 'kubernetes.io/hostname',
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
      }),
    ]);
  });
});

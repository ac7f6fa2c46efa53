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
    expect(program.resources?.limits).toMatchObject({ cpu: '500m', memory: '384Mi' });
    const kinds = ['cpu', 'ephemeral-storage', 'memory'];
    for (const { resources } of manifests.containers()) {
      expect(Object.keys(resources?.limits ?? {}).toSorted()).toEqual(kinds);
      expect(Object.keys(resources?.requests ?? {}).toSorted()).toEqual(kinds);
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

  it('binds all but webhooks to loopback, where nothing goes round the sidecars', () => {
    expect(env.get('SPRAYPROXY_SERVER_HOST')).toBe('127.0.0.1');
    expect(env.has('SPRAYPROXY_WEBHOOK_HOST')).toBe(false);
    expect(program.ports).toEqual([{ name: 'webhooks', containerPort: 8444 }]);
  });

  it('gives the sidecars current flags only, and certificates', () => {
    for (const sidecar of SIDECARS) {
      const given = flags(manifests.container(sidecar).args);
      expect([...given.keys()].filter((flag) => !CURRENT_FLAGS.includes(flag))).toEqual([]);
      expect(Number(given.get('v'))).toBeLessThanOrEqual(2);
      expect([...given.keys()]).toEqual(expect.arrayContaining(['tls-cert-file', 'tls-private-key-file']));
    }
  });

  it('opens nothing without a token through the sidecars, /deliveries being served', () => {
    expect(env.get('SPRAYPROXY_SERVER_ENABLE_DELIVERIES')).toBe('true');
    const [api, metrics] = SIDECARS.map((sidecar) => flags(manifests.container(sidecar).args));
    expect([api?.has('ignore-paths'), metrics?.has('ignore-paths')]).toEqual([false, false]);
    expect([api?.get('allow-paths'), metrics?.get('allow-paths')]).toEqual([undefined, '/metrics']);
  });

  it('probes the program where it takes webhooks, which needs no token', () => {
    const { startupProbe, readinessProbe, livenessProbe } = program;
    const at = (path: string) => ({ scheme: 'HTTPS', path, port: 'webhooks' });
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet)).toEqual([
      at('/healthz'),
      at('/readyz'),
      at('/healthz'),
    ]);
  });

  it('gives the program as long to start as it may look through its spool', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = program.startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBeGreaterThan(10 * 60);
    expect(periodSeconds).toBeLessThanOrEqual(program.readinessProbe?.periodSeconds ?? 0);
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
    const delay = seconds(env.get('SPRAYPROXY_SHUTDOWN_DELAY'));
    // A router that takes 8 s to forget a pod, and the 10 s in which it has failed a probe at the latest.
    expect(delay).toBeGreaterThanOrEqual(15);
    const drain = seconds(env.get('SPRAYPROXY_SHUTDOWN_TIMEOUT'));
    const attempt = seconds(documentedVariables.get('SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT')?.default);
    expect(drain).toBeGreaterThan(attempt);
    const leaveSpool = 3;
    const writeLog = 1;
    const sidecars = 10;
    // The delay passes twice while requests go on coming.
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      2 * delay + drain + attempt + leaveSpool + writeLog + sidecars,
    );
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

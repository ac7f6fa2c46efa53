import { OVERLAYS, overlay, withComponents } from './support/kustomize.js';
import { present } from './support/present.js';

type Manifests = ReturnType<typeof overlay>;

const env = (manifests: Manifests) =>
  new Map(manifests.container('sprayproxy').env?.map(({ name, ...rest }) => [name, rest]));

/** What is mounted at the place of the files by which the database is known and told who asks. */
const access = (manifests: Manifests) => manifests.pod().volumes?.find(({ name }) => name === 'spool-access');

const TO = '$(SPRAYPROXY_SPOOL_URL)';
/** Variables by which the database is known. */
const SPOOL = /^SPRAYPROXY_SPOOL_(URL|PASSWORD_FILE)$/;

/** Kinds that the component changes. */
const CHANGED = ['Deployment', 'NetworkPolicy', 'StatefulSet'];
const others = ({ all }: Manifests) =>
  all.filter(({ kind, metadata }) => !CHANGED.includes(kind) && metadata.name !== 'sprayproxy-replicas');

describe.each(OVERLAYS)('%s', (name) => {
  const plain = overlay(name);
  const manifests = withComponents(name, 'spool-postgres');

  describe('with spool-postgres', () => {
    it('has a Deployment in the place of the StatefulSet, and nothing to name replicas by', () => {
      expect(manifests.every('StatefulSet')).toEqual([]);
      expect(manifests.every('Service').map(({ metadata }) => metadata.name)).toEqual([
        'sprayproxy',
        'sprayproxy-metrics',
      ]);
    });

    it('has two replicas, also where backends are registered: all know them', () => {
      expect(manifests.deployment().replicas).toBe(2);
      const REGISTERING = 'SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS';
      expect(env(manifests).get(REGISTERING)).toEqual(env(plain).get(REGISTERING));
    });

    it('replaces a pod only when the next one is ready, and spreads the new ones by themselves', () => {
      expect(manifests.deployment().strategy).toEqual({ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
      expect(manifests.pod().topologySpreadConstraints).toEqual(
        plain
          .pod()
          .topologySpreadConstraints?.map((each) => ({ ...each, matchLabelKeys: ['pod-template-hash'] })),
      );
    });

    it('has no writable volume, nor anything to make one', () => {
      const mounts = manifests.containers().flatMap(({ volumeMounts = [] }) => volumeMounts);
      expect(mounts.filter(({ readOnly }) => readOnly !== true)).toEqual([]);
      expect(manifests.deployment()).not.toHaveProperty('volumeClaimTemplates');
      expect(manifests.volumeNames()).not.toContain('spool');
      expect(manifests.pod().securityContext).toEqual({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
    });

    it('reads the URL, which may hold a password, from a Secret, and finds the authority in a file', () => {
      expect(env(manifests).get('SPRAYPROXY_SPOOL_URL')).toEqual({
        valueFrom: { secretKeyRef: { name: 'sprayproxy-spool', key: 'url' } },
      });
      expect(access(manifests)?.secret).toEqual({
        secretName: 'sprayproxy-spool',
        items: [{ key: 'ca.crt', path: 'ca.crt' }],
      });
    });

    it('may go to the database, and anywhere it might before', () => {
      const before = plain.one('NetworkPolicy', 'sprayproxy').spec;
      expect(manifests.one('NetworkPolicy', 'sprayproxy').spec).toEqual({
        ...before,
        egress: [...(before?.egress ?? []), { ports: [{ protocol: 'TCP', port: 5432 }] }],
      });
    });

    it('leaves containers, probes, variables and the time to stop as they are', () => {
      const { containers, initContainers, terminationGracePeriodSeconds } = plain.pod();
      const pod = manifests.pod();
      const untouched = ({ env: _env, volumeMounts: _mounts, ...rest }: object & Record<string, unknown>) =>
        rest;
      expect(pod.containers.map((each) => untouched({ ...each }))).toEqual(
        containers.map((each) => untouched({ ...each })),
      );
      expect(pod.initContainers).toEqual(initContainers);
      expect(pod.terminationGracePeriodSeconds).toBe(terminationGracePeriodSeconds);
      const rest = (of: Manifests) =>
        [...env(of)].filter(([variable]) => variable !== 'SPRAYPROXY_SPOOL_URL');
      expect(new Map(rest(manifests))).toEqual(new Map(rest(plain)));
    });

    it('leaves every other object as it is', () => {
      expect(others(manifests)).toEqual(others(plain));
    });
  });

  describe('with autoscaling', () => {
    const scaled = withComponents(name, 'spool-postgres', 'spool-postgres/autoscaling');
    const { spec } = scaled.one('HorizontalPodAutoscaler', 'sprayproxy');

    it('leaves the number of replicas to the autoscaler: two to six', () => {
      expect(scaled.deployment()).not.toHaveProperty('replicas');
      expect(spec).toMatchObject({
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sprayproxy' },
        minReplicas: 2,
        maxReplicas: 6,
      });
    });

    it('weighs the CPU of the program against what it may have, not against its small request', () => {
      const [metric] = present(spec?.metrics, 'metrics');
      const { container, target } = present(metric?.containerResource, 'container resource');
      const { resources } = scaled.container(container);
      const milli = (cpu: unknown) => Number(/^(\d+)m$/.exec(String(cpu))?.[1]);
      expect(milli(target.averageValue)).toBeLessThan(milli(resources?.limits?.cpu));
      expect(milli(target.averageValue)).toBeGreaterThan(milli(resources?.requests?.cpu));
    });
  });

  describe('with cloudnative-pg', () => {
    const own = withComponents(name, 'spool-postgres', 'spool-postgres/cloudnative-pg');
    const { metadata, spec } = own.one('Cluster', 'sprayproxy-db');
    const url = new URL(env(own).get('SPRAYPROXY_SPOOL_URL')?.value ?? '');

    it('asks the primary, for the database that there is, as its owner, who has no password there', () => {
      expect(url.hostname).toBe(`${metadata.name}-rw`);
      expect([url.pathname.slice(1), url.username, url.password]).toEqual([
        spec.bootstrap?.initdb?.database,
        spec.bootstrap?.initdb?.owner,
        '',
      ]);
      expect(env(own).get('SPRAYPROXY_SPOOL_URL')).not.toHaveProperty('valueFrom');
    });

    it('finds authority and password in files of the Secrets that the operator makes, and no key', () => {
      const files = access(own)?.projected?.sources?.map(({ secret }) => [
        secret?.name,
        secret?.items?.map(({ key, path }) => [key, path]),
      ]);
      expect(files).toEqual([
        [`${metadata.name}-ca`, [['ca.crt', 'ca.crt']]],
        [`${metadata.name}-app`, [['password', 'password']]],
      ]);
      const mount = own.container('sprayproxy').volumeMounts?.find((each) => each.name === 'spool-access');
      expect(url.searchParams.get('sslmode')).toBe('verify-full');
      const told = [
        url.searchParams.get('sslrootcert') ?? '',
        env(own).get('SPRAYPROXY_SPOOL_PASSWORD_FILE')?.value ?? '',
      ];
      expect(told).toEqual(['ca.crt', 'password'].map((file) => `${mount?.mountPath ?? ''}/${file}`));
    });

    it('may go to the pods of that database, and no other', () => {
      expect(own.one('NetworkPolicy', 'sprayproxy').spec?.egress?.at(-1)).toEqual({
        ports: [{ protocol: 'TCP', port: 5432 }],
        to: [{ podSelector: { matchLabels: { 'cnpg.io/cluster': metadata.name } } }],
      });
    });

    it('has a commit on two disks before it counts', () => {
      expect(spec.instances).toBeGreaterThanOrEqual(3);
      expect(spec.postgresql?.synchronous).toEqual({ method: 'any', number: 1 });
    });
  });

  describe('with managed', () => {
    it('knows the database by the bundle of its provider', () => {
      const managed = withComponents(name, 'spool-postgres', 'spool-postgres/managed');
      expect(access(managed)).toEqual({
        name: 'spool-access',
        configMap: { name: 'sprayproxy-spool-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      });
    });
  });

  describe('with copy', () => {
    const mount = { name: 'spool-access', mountPath: '/etc/sprayproxy-spool', readOnly: true };
    const before = plain.statefulSet();

    it.each([
      ['its Secret', []],
      ['CloudNativePG', ['spool-postgres/cloudnative-pg']],
      ['a provider', ['spool-postgres/managed']],
    ])('has a Job for each disk that a replica had, and the database of %s', (_of, more) => {
      const copying = withComponents(name, 'spool-postgres', 'spool-postgres/copy', ...more);
      const jobs = copying.every('Job').map(({ spec }) => present(spec?.template.spec, 'pod of a Job'));
      const [claim] = before.volumeClaimTemplates ?? [];
      // A StatefulSet calls them <template>-<StatefulSet>-<number>.
      expect(
        jobs.map(({ volumes }) => volumes?.find((volume) => volume.persistentVolumeClaim !== undefined)),
      ).toEqual(
        Array.from({ length: before.replicas ?? 0 }, (_, number) => ({
          name: 'spool',
          persistentVolumeClaim: {
            claimName: `${claim?.metadata?.name ?? ''}-sprayproxy-${number}`,
          },
        })),
      );

      const program = copying.container('sprayproxy');
      const pathOnDisk = plain.container('sprayproxy').volumeMounts?.find((each) => each.name === 'spool');
      for (const { containers, volumes, securityContext } of jobs) {
        const [copy, ...others] = containers;
        expect(others).toEqual([]);
        expect(copy).toMatchObject({
          image: program.image,
          args: ['spool', 'copy', '--from', env(plain).get('SPRAYPROXY_SPOOL_URL')?.value, '--to', TO],
          resources: program.resources,
          securityContext: program.securityContext,
        });
        expect(copy?.volumeMounts).toEqual([pathOnDisk, mount]);
        expect(copy?.env).toEqual(program.env?.filter(({ name: variable }) => SPOOL.test(variable)));
        expect(volumes?.find((volume) => volume.name === mount.name)).toEqual(
          copying.pod().volumes?.find((volume) => volume.name === mount.name),
        );
        expect(securityContext).toEqual(copying.pod().securityContext);
      }
    });
  });
});

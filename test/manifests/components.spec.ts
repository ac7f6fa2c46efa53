import { OVERLAYS, overlay, withComponents } from './support/kustomize.js';

const MIB = 1024 ** 2;

describe.each(OVERLAYS)('%s', (name) => {
  const plain = overlay(name);

  describe('with spool-emptydir', () => {
    const manifests = withComponents(name, 'spool-emptydir');
    const program = manifests.container('sprayproxy');
    const env = new Map(program.env?.map((variable) => [variable.name, variable.value]));

    it('keeps the spool on the disk of the host, with a limit above that of the program', () => {
      expect(manifests.statefulSet()).not.toHaveProperty('volumeClaimTemplates');
      expect(program.volumeMounts).toContainEqual({ name: 'spool', mountPath: '/var/lib/sprayproxy' });
      const spool = manifests.pod().volumes?.find((volume) => volume.name === 'spool');
      expect(spool).toEqual({ name: 'spool', emptyDir: { sizeLimit: '2Gi' } });

      expect(env.get('SPRAYPROXY_SPOOL_URL')).toBe('file:/var/lib/sprayproxy/spool');
      expect(env.get('SPRAYPROXY_SPOOL_MAX_BYTES')).toBe(String(1024 * MIB));
    });

    it('has room for that on the disk of the host, beside the logs', () => {
      const gib = (quantity: unknown) => Number(/^(\d+)Gi$/.exec(String(quantity))?.[1]);
      const { limits, requests } = program.resources ?? {};
      expect(gib(limits?.['ephemeral-storage'])).toBeGreaterThan(2);
      expect(gib(requests?.['ephemeral-storage'])).toBeGreaterThanOrEqual(1);
    });

    it('leaves the other volumes and variables as they are', () => {
      expect(manifests.volumeNames().sort()).toEqual(plain.volumeNames().sort());
      const rest = program.env?.filter((variable) => variable.name !== 'SPRAYPROXY_SPOOL_MAX_BYTES');
      expect(rest).toEqual(plain.container('sprayproxy').env);
    });

    it('leaves every other object as it is', () => {
      expect(others(manifests)).toEqual(others(plain));
    });
  });

  describe('with spool-off', () => {
    const manifests = withComponents(name, 'spool-off');
    const program = manifests.container('sprayproxy');

    it('has no spool', () => {
      expect(program.env).toContainEqual({ name: 'SPRAYPROXY_SPOOL_URL', value: 'off' });
    });

    it('has no writable volume, nor anything to make one', () => {
      const mounts = manifests.containers().flatMap(({ volumeMounts = [] }) => volumeMounts);
      expect(mounts.filter(({ readOnly }) => readOnly !== true)).toEqual([]);
      expect(manifests.statefulSet()).not.toHaveProperty('volumeClaimTemplates');
      expect(manifests.volumeNames()).not.toContain('spool');
      expect(manifests.pod().securityContext).toEqual({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
    });

    it('leaves every other object as it is', () => {
      expect(others(manifests)).toEqual(others(plain));
    });
  });
});

/** Everything but the StatefulSet. */
const others = ({ all }: ReturnType<typeof overlay>) => all.filter(({ kind }) => kind !== 'StatefulSet');

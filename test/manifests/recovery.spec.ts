import { OVERLAYS, overlay, withComponents } from './support/kustomize.js';

type Manifests = ReturnType<typeof overlay>;

const FILE = '/etc/sprayproxy-github-app/private-key.pem';
const ADDED = ['GH_APP_ID', 'GH_APP_PRIVATE_KEY_FILE'];
const CHANGED = ['StatefulSet', 'Deployment'];
const others = ({ all }: Manifests) => all.filter(({ kind }) => !CHANGED.includes(kind));
const env = (manifests: Manifests) => manifests.container('sprayproxy').env ?? [];
const isAdded = ({ name }: { name: string }) => ADDED.includes(name);

describe.each(OVERLAYS)('%s', (name) => {
  describe.each([
    ['a disk for each replica', []],
    ['a database', ['spool-postgres']],
  ])('with %s and recovery', (_what, spool) => {
    const plain = spool.length === 0 ? overlay(name) : withComponents(name, ...spool);
    const manifests = withComponents(name, ...spool, 'recovery');

    it('has the id of the App in a variable, and its key in a file that is read again', () => {
      expect(env(manifests).filter(isAdded)).toEqual([
        { name: 'GH_APP_ID', valueFrom: { secretKeyRef: { name: 'sprayproxy-github-app', key: 'app-id' } } },
        { name: 'GH_APP_PRIVATE_KEY_FILE', value: FILE },
      ]);
      const mounts = manifests.container('sprayproxy').volumeMounts ?? [];
      const { mountPath, readOnly, subPath } = mounts.find(({ name: of }) => of === 'github-app') ?? {};
      expect([mountPath, readOnly, subPath]).toEqual(['/etc/sprayproxy-github-app', true, undefined]);
      expect(manifests.pod().volumes?.find(({ name: of }) => of === 'github-app')?.secret).toEqual({
        secretName: 'sprayproxy-github-app',
        items: [{ key: 'private-key.pem', path: 'private-key.pem' }],
      });
    });

    it('may reach the API of GitHub', () => {
      const { egress = [] } = manifests.one('NetworkPolicy', 'sprayproxy').spec ?? {};
      const ports = egress.filter(({ to }) => to === undefined).flatMap((rule) => rule.ports ?? []);
      expect(ports).toContainEqual({ protocol: 'TCP', port: 443 });
    });

    it('leaves all else as it is', () => {
      expect(env(manifests).filter((variable) => !isAdded(variable))).toEqual(env(plain));
      expect(others(manifests)).toEqual(others(plain));
    });
  });

  it('has one replica where each has a disk, since each would ask GitHub', () => {
    expect(withComponents(name, 'recovery').statefulSet().replicas).toBe(1);
  });

  it('has as many as before with a database', () => {
    expect(withComponents(name, 'spool-postgres', 'recovery').deployment().replicas).toBe(2);
  });
});

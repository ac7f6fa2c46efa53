import { base, COMPONENTS, type Manifest, OVERLAYS, overlay, withComponents } from './support/kustomize.js';
import { planted } from './support/planted.js';
import { typeFaults, validate } from './support/strict-types.js';

const everything: [string, readonly Manifest[]][] = [
  ['base', base().all],
  ...OVERLAYS.map((name): [string, readonly Manifest[]] => [name, overlay(name).all]),
  ...OVERLAYS.flatMap((name) =>
    COMPONENTS.map((component): [string, readonly Manifest[]] => [
      `${name} with ${component}`,
      withComponents(name, component).all,
    ]),
  ),
];

describe.each(everything)('%s', (_, manifests) => {
  it('has only fields that the published types know, with values of their types', () => {
    expect(typeFaults(manifests)).toEqual([]);
  });

  it.each(manifests.map((manifest) => ({ manifest, of: `${manifest.kind} ${manifest.metadata.name}` })))(
    'has a valid $of',
    async ({ manifest }) => {
      await expect(validate(manifest)).resolves.toBeUndefined();
    },
  );

  it('names no object twice', () => {
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
  });
});

/** These hold names of the user's own. */
const OWN_NAMES = /\.(annotations|labels|matchLabels|selector|data|requests|limits)$|^data$/;

describe('the check itself', () => {
  it('refuses a field nobody knows, in every object at every depth', () => {
    const copies = [...overlay('qe').all, ...overlay('kubernetes').all].flatMap((manifest) =>
      planted(manifest, OWN_NAMES),
    );
    const refused = new Set(typeFaults(copies).map(({ manifest }) => manifest));

    expect(copies.length).toBeGreaterThan(100);
    expect(copies.filter((manifest) => !refused.has(manifest))).toEqual([]);
  });

  it('refuses half a replica', async () => {
    const statefulSet = structuredClone(base().one('StatefulSet', 'sprayproxy'));
    await expect(
      validate({ ...statefulSet, spec: { ...statefulSet.spec, replicas: 1.5 } } as Manifest),
    ).rejects.toThrow('replicas must be integer');
  });
});

import { base, COMPONENTS, type Manifest, OVERLAYS, overlay, withComponent } from './support/kustomize.js';
import { typeFaults, validate } from './support/strict-types.js';

const everything: [string, readonly Manifest[]][] = [
  ['base', base().all],
  ...OVERLAYS.map((name): [string, readonly Manifest[]] => [name, overlay(name).all]),
  ...OVERLAYS.flatMap((name) =>
    COMPONENTS.map((component): [string, readonly Manifest[]] => [
      `${name} with ${component}`,
      withComponent(name, component).all,
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

describe('the check itself', () => {
  /** A copy for every object within the manifest, with an unknown field planted in that object. */
  function plant(manifest: Manifest): Manifest[] {
    const copies: Manifest[] = [];
    const visit = (value: unknown, path: (string | number)[]) => {
      if (typeof value !== 'object' || value === null) return;
      // These hold names of the user's own.
      if (/^(annotations|labels|matchLabels|selector|data|requests|limits)$/.test(String(path.at(-1))))
        return;
      if (!Array.isArray(value)) {
        const copy = structuredClone(manifest);
        let target = copy as unknown as Record<string | number, unknown>;
        for (const key of path) target = target[key] as Record<string | number, unknown>;
        target.planted = true;
        copies.push(copy);
      }
      for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
    };
    visit(manifest, []);
    return copies;
  }

  it('refuses a field nobody knows, in every object at every depth', () => {
    const planted = [...overlay('qe').all, ...overlay('kubernetes').all].flatMap(plant);
    const refused = new Set(typeFaults(planted).map(({ manifest }) => manifest));

    expect(planted.length).toBeGreaterThan(100);
    expect(planted.filter((manifest) => !refused.has(manifest))).toEqual([]);
  });

  it('refuses half a replica', async () => {
    const statefulSet = structuredClone(base().one('StatefulSet', 'sprayproxy'));
    await expect(
      validate({ ...statefulSet, spec: { ...statefulSet.spec, replicas: 1.5 } } as Manifest),
    ).rejects.toThrow('replicas must be integer');
  });
});

import { dropIn } from './support/drop-in.js';
import { base, everyCombination, type Manifest, overlay, withComponents } from './support/kustomize.js';
import { planted } from './support/planted.js';
import { typeFaults, validate } from './support/strict-types.js';

const everything = [
  { of: 'base', manifests: base().all },
  { of: 'drop-in', manifests: dropIn().all },
  ...everyCombination().map(({ of, manifests }) => ({ of, manifests: manifests.all })),
];

/** Each object once, however many of them have it, and the first that does. */
const distinct = [
  ...new Map(
    everything
      .flatMap(({ of, manifests }) => manifests.map((manifest) => ({ of, manifest })))
      .reverse()
      .map((each) => [JSON.stringify(each.manifest), each]),
  ).values(),
];

describe('every object', () => {
  it('has only fields that the published types know, with values of their types', () => {
    expect(typeFaults(distinct.map(({ manifest }) => manifest))).toEqual([]);
  });

  it.each(
    distinct.map(({ of, manifest }) => ({
      manifest,
      of: `${manifest.kind} ${manifest.metadata.name} of ${of}`,
    })),
  )('is valid: $of', async ({ manifest }) => {
    await expect(validate(manifest)).resolves.toBeUndefined();
  });
});

it.each(everything)('$of names no object twice', ({ manifests }) => {
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(names).toEqual([...new Set(names)]);
});

/** These hold names of the user's own. */
const OWN_NAMES = /\.(annotations|labels|matchLabels|selector|data|requests|limits)$|^data$/;

describe('the check itself', () => {
  it('refuses a field nobody knows, in every object at every depth', () => {
    const all = [
      ...withComponents('qe', 'monitoring', 'monitoring/grafana-operator').all,
      ...overlay('kubernetes').all,
      ...withComponents(
        'kubernetes',
        'spool-postgres',
        'spool-postgres/copy',
        'spool-postgres/cloudnative-pg',
        'spool-postgres/autoscaling',
      ).all,
    ];
    const copies = all.flatMap((manifest) => planted(manifest, OWN_NAMES));
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

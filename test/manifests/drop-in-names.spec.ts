import { textOf } from '../docs/pages.js';
import { dropIn } from './support/drop-in.js';
import { type Manifests, overlay, withComponents } from './support/kustomize.js';

/** Objects, and Secrets that pods read. ConfigMaps without the hash of their content. */
const namesIn = (manifests: Manifests): string[] => [
  ...manifests.all.map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[a-z0-9]{10}$/, '')}`),
  ...(manifests.pod().volumes ?? []).flatMap(({ secret }) => (secret ? [`Secret ${secret.secretName}`] : [])),
];

const OLD = namesIn(dropIn());
const NEW = [
  withComponents('openshift', 'monitoring'),
  withComponents('openshift', 'spool-postgres'),
  overlay('qe'),
].flatMap(namesIn);

/** The table of what is called otherwise: cells of the rows that name objects. */
const rows = textOf('k8s/README.md')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, cell = '']) => /^(Deployment|Route|Secret|Service|ServiceAccount)\b/.test(cell))
  .map(([, old = '', made = '']) => [old, made] as const);

const objectsIn = (cell: string): string[] =>
  [...cell.matchAll(/\b([A-Z][A-Za-z]+) `([a-z-]+)`/g)].map(([, kind, name]) => `${kind} ${name}`);

it('finds the table', () => {
  expect(rows).toHaveLength(6);
});

it.each(rows)('%s is what it is called in drop-in, and %s in the others', (old, made) => {
  expect([objectsIn(old), objectsIn(made)]).not.toContainEqual([]);
  expect(objectsIn(old).filter((name) => !OLD.includes(name))).toEqual([]);
  expect(objectsIn(made).filter((name) => !NEW.includes(name))).toEqual([]);
});

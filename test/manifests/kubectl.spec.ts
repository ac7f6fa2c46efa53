import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { pages, textOf } from '../docs/pages.js';
import { commandsIn, expectedBy, madeBy } from './support/commands.js';
import { dropIn } from './support/drop-in.js';
import { type Manifests, overlay, REPOSITORY, withComponents } from './support/kustomize.js';
import { present } from './support/present.js';

const COMMANDS = pages.flatMap((page) =>
  [...new Set(commandsIn(textOf(page)))].map((command) => [page, command] as const),
);

/** What somebody may have installed. */
const INSTALLED = [
  dropIn(),
  overlay('qe'),
  overlay('kubernetes'),
  withComponents('openshift', 'recovery', 'monitoring'),
  overlay('openshift'),
  withComponents('openshift', 'spool-postgres', 'spool-postgres/copy'),
  withComponents('openshift', 'spool-postgres', 'spool-postgres/copy', 'spool-postgres/managed'),
];

/** Pods and claims of a StatefulSet, each with the number of its replica. */
function ofReplicas(manifests: Manifests): string[] {
  return manifests
    .every('StatefulSet')
    .flatMap(({ metadata, spec }) =>
      Array.from({ length: present(spec?.replicas, 'replicas') }, (_, index) => [
        `Pod ${metadata.name}-${index}`,
        ...(spec?.volumeClaimTemplates ?? []).map(
          (claim) =>
            `PersistentVolumeClaim ${present(claim.metadata?.name, 'name')}-${metadata.name}-${index}`,
        ),
      ]).flat(),
    );
}

/** Secrets and ConfigMaps that pods read: `kind name key`. */
function readBy(manifests: Manifests): string[] {
  const volumes = manifests.pod().volumes ?? [];
  const jobs = manifests.every('Job').flatMap(({ spec }) => spec?.template.spec?.containers ?? []);
  const variables = [...manifests.containers(), ...jobs].flatMap(({ env = [] }) => env);
  const projected = volumes.flatMap((volume) => volume.projected?.sources ?? []);
  const secrets = [
    ...volumes.flatMap(({ secret }) => secret?.items?.map(({ key }) => [secret.secretName, key]) ?? []),
    ...projected.flatMap(({ secret }) => secret?.items?.map(({ key }) => [secret.name, key]) ?? []),
    ...variables.flatMap(({ valueFrom }) => toPair(valueFrom?.secretKeyRef)),
  ];
  const configMaps = [
    ...volumes.flatMap(({ configMap }) => configMap?.items?.map(({ key }) => [configMap.name, key]) ?? []),
    ...projected.flatMap(({ configMap }) => configMap?.items?.map(({ key }) => [configMap.name, key]) ?? []),
    ...variables.flatMap(({ valueFrom }) => toPair(valueFrom?.configMapKeyRef)),
  ];
  return [
    ...secrets.map((pair) => `Secret ${pair.join(' ')}`),
    ...configMaps.map((pair) => `ConfigMap ${pair.join(' ')}`),
  ];
}

const toPair = (reference: { name?: string; key: string } | undefined) =>
  reference === undefined ? [] : [[reference.name, reference.key]];

const READ = new Set(INSTALLED.flatMap(readBy));
const THERE = new Set([
  ...INSTALLED.flatMap(({ all }) => all.map(({ kind, metadata }) => `${kind} ${metadata.name}`)),
  ...INSTALLED.flatMap(ofReplicas),
  ...[...READ].map((each) => each.replace(/ [^ ]+$/, '')),
  ...INSTALLED.flatMap((manifests) => manifests.containers().map(({ name }) => `container ${name}`)),
  ...['check', 'deliveries', 'recover', 'spool'].map((command) => `command ${command}`),
]);

it('finds what a command is about', () => {
  expect(expectedBy('kubectl -n sprayproxy delete job/a service/b')).toEqual([
    { kind: 'Job', name: 'a' },
    { kind: 'Service', name: 'b' },
  ]);
  expect(expectedBy('kubectl delete pvc a b --wait=false')).toEqual([
    { kind: 'PersistentVolumeClaim', name: 'a' },
    { kind: 'PersistentVolumeClaim', name: 'b' },
  ]);
  expect(expectedBy('kubectl label namespace <that of b> c=d')).toEqual([]);
  expect(expectedBy('kubectl exec a -c b -- sprayproxy check')).toEqual([
    { kind: 'Pod', name: 'a' },
    { kind: 'container', name: 'b' },
    { kind: 'command', name: 'check' },
  ]);
  expect(COMMANDS.flatMap(([, command]) => expectedBy(command)).length).toBeGreaterThan(30);
});

it.each(COMMANDS)('%s: what this is about is there: %s', (_page, command) => {
  const names = expectedBy(command).map(({ kind, name }) => `${kind} ${name}`);
  expect(names.filter((name) => !THERE.has(name))).toEqual([]);
});

it.each(COMMANDS.filter(([, command]) => / -k \w/.test(command)))(
  '%s applies what there is: %s',
  (_page, command) => {
    const [, directory = ''] = / -k ([\w/.-]+)/.exec(command) ?? [];
    expect(existsSync(join(REPOSITORY, directory, 'kustomization.yaml'))).toBe(true);
  },
);

const MADE = COMMANDS.flatMap(([page, command]) => madeBy(command).map((made) => [page, made] as const));

it.each(MADE)('%s makes what a pod reads, by its keys: %j', (_page, { kind, name, keys }) => {
  expect(keys).not.toEqual([]);
  expect(keys.filter((key) => !READ.has(`${kind} ${name} ${key}`))).toEqual([]);
});

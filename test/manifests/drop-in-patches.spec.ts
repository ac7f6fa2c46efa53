import { dropIn, foreign, foreignOriginal, foreignWith, type Theirs } from './support/drop-in.js';
import { type Manifests } from './support/kustomize.js';

/** As overlays for the Go program name what they patch. */
const BY_GROUP = '{ name: sprayproxy, group: apps, version: v1 }';
const BY_KIND = '{ name: sprayproxy, group: apps, version: v1, kind: Deployment }';

const BACKENDS = 'https://pac.cluster-a.example.com\nhttps://pac.cluster-b.example.com\n';
const SECRET = {
  name: 'GH_APP_WEBHOOK_SECRET',
  valueFrom: { secretKeyRef: { name: 'pipelines-as-code-secret', key: 'webhook.secret' } },
};
const MIRRORED = 'mirror.example.com/kube-rbac-proxy:v4.16';

/** An overlay that merges into containers, each in a file of its own. */
const merging = (...containers: object[]): Theirs => {
  const files = containers.map((container, index): [string, string] => {
    const patch = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'sprayproxy', namespace: 'sprayproxy' },
      spec: { template: { spec: { containers: [container] } } },
    };
    return [`patch-${index}.yaml`, JSON.stringify(patch)];
  });
  const paths = files.map(([path]) => `  - path: ${path}\n`);
  return [`patches:\n${paths.join('')}`, Object.fromEntries(files)];
};

const mergingEnv = (...env: object[]): Theirs =>
  merging(...env.map((each) => ({ name: 'sprayproxy', env: [each] })));

/** An overlay that patches by index: each operation is one at a path below the containers. */
const indexing = (
  target: string,
  ...operations: (readonly [op: string, path: string, value: unknown])[]
): Theirs => {
  const patches = operations.map(([op, path, value]) => {
    const patch = [{ op, path: `/spec/template/spec/containers/${path}`, value }];
    return `  - target: ${target}\n    patch: '${JSON.stringify(patch)}'\n`;
  });
  return [`patches:\n${patches.join('')}`];
};

const plain = dropIn();
const env = (manifests: Manifests) => manifests.container('sprayproxy').env ?? [];
/** Variables that the Go program's Deployment did not have. */
const OWN = env(plain)
  .map(({ name }) => name)
  .slice(2);

const THEIRS: (readonly [string, Theirs])[] = [
  ['merges a value', mergingEnv({ name: 'SPRAYPROXY_SERVER_BACKEND', value: BACKENDS })],
  ['merges a secret', mergingEnv(SECRET)],
  ['merges a value over a secret', mergingEnv({ name: 'GH_APP_WEBHOOK_SECRET', value: 'of-a-test-cluster' })],
  ['merges both', mergingEnv({ name: 'SPRAYPROXY_SERVER_BACKEND', value: BACKENDS }, SECRET)],
  [
    'merges what was not there',
    mergingEnv({ name: 'SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS', value: 'true' }),
  ],
  [
    'merges what was not there and is here',
    mergingEnv({ name: 'SPRAYPROXY_SERVER_HOST', value: '0.0.0.0' }, SECRET),
  ],
  ['adds a value to the first', indexing(BY_GROUP, ['add', '0/env/0/value', BACKENDS])],
  ['adds a source to the second', indexing(BY_KIND, ['add', '0/env/1/valueFrom', SECRET.valueFrom])],
  [
    'adds a value to the first, and the secret behind the others',
    indexing(BY_KIND, ['add', '0/env/0/value', BACKENDS], ['add', '0/env/-', SECRET]),
  ],
  ['replaces all variables', indexing(BY_KIND, ['replace', '0/env', [SECRET]])],
  ['replaces limits', indexing(BY_KIND, ['replace', '0/resources/limits/memory', '512Mi'])],
  ['replaces the image of the first sidecar', indexing(BY_KIND, ['replace', '1/image', MIRRORED])],
  ['replaces the limits of the second', indexing(BY_KIND, ['replace', '2/resources/limits/memory', '256Mi'])],
  ['merges into a sidecar', merging({ name: 'kube-rbac-proxy', image: MIRRORED })],
  [
    'gives the program an image',
    [
      'images:\n  - { name: ko://github.com/konflux-ci/sprayproxy, newName: quay.io/konflux-ci/sprayproxy, newTag: 695281e }\n',
    ],
  ],
  [
    'gives the sidecars an image',
    ['images:\n  - { name: registry.redhat.io/openshift4/ose-kube-rbac-proxy, newTag: v4.16 }\n'],
  ],
  ['sets the replicas', ['replicas:\n  - { name: sprayproxy, count: 3 }\n']],
];

describe.each(THEIRS)('an overlay that %s', (_what, theirs) => {
  const manifests = foreign(...theirs);
  const original = foreignOriginal(...theirs);

  it('does to each variable what it did, where it stood', () => {
    const set = new Set(env(original).map(({ name }) => name));
    const common = env(manifests).filter(({ name }) => set.has(name) || !OWN.includes(name));
    expect(common).toEqual(env(original));
    // What came first is still first: another patch may go by it.
    expect(env(manifests)[0]).toEqual(env(original)[0]);
  });

  it('leaves no variable with two sources, which the API server would refuse', () => {
    const both = env(manifests).filter(
      ({ value, valueFrom }) => value !== undefined && valueFrom !== undefined,
    );
    expect(both).toEqual([]);
  });

  it('does to each container what it did', () => {
    const seen = (of: Manifests, before: Manifests) =>
      of.pod().containers.map(({ name, image, resources }) => ({
        name,
        image: image === before.container(name).image ? 'as before' : image,
        limits: resources?.limits,
      }));
    expect(seen(manifests, plain)).toEqual(seen(original, foreignOriginal('')));
  });

  it('has as many pods as it had', () => {
    expect(manifests.deployment().replicas).toBe(original.deployment().replicas);
  });

  it('changes no more than the Deployment', () => {
    const others = ({ all }: Manifests) => all.filter(({ kind }) => kind !== 'Deployment');
    expect(others(manifests)).toEqual(others(plain));
  });
});

it.each([
  ['1/args/2', '--ignore-paths=/proxy', 'ignore-paths'],
  ['1/args/4', '--v=10', 'v'],
  ['2/args/3', '--v=10', 'v'],
])('a flag is where it was: %s', (path, flag, name) => {
  const [index = 0] = path.split('/').map(Number);
  const { args = [] } = foreign(...indexing(BY_KIND, ['replace', path, flag])).pod().containers[index] ?? {};
  expect(args.filter((arg) => arg.startsWith(`--${name}=`))).toEqual([flag]);
});

it('an overlay that sets any variable to a value leaves none with two sources', () => {
  const values = env(plain).map(({ name }) => ({ name, value: 'theirs' }));
  expect(env(foreign(...merging({ name: 'sprayproxy', env: values })))).toEqual(values);
});

it('an overlay that names the image by its oldest name fails where it is pulled, and changes nothing else', () => {
  const manifests = foreign(
    'images:\n  - { name: ko://github.com/redhat-appstudio/sprayproxy, newName: quay.io/old }\n',
  );
  // No reference of an image has a scheme: the pod does not start, and says so.
  expect(manifests.container('sprayproxy').image).toMatch(/^ko:\/\//);
  expect(manifests.all).toEqual(plain.all);
});

it('another namespace holds everything, and whom bindings are about', () => {
  const manifests = foreign('namespace: team-a\n');
  const namespaces = manifests.all
    .filter(({ kind }) => !kind.startsWith('Cluster'))
    .map(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace));
  expect(new Set(namespaces)).toEqual(new Set(['team-a']));
  const subjects = manifests.every('ClusterRoleBinding').flatMap(({ subjects = [] }) => subjects);
  expect(new Set(subjects.map(({ namespace }) => namespace))).toEqual(new Set(['team-a']));
});

it('the dashboards come beside it, and change nothing', () => {
  const manifests = foreignWith('monitoring/dashboards', 'monitoring/grafana-operator');
  const isNew = ({ kind }: { kind: string }) => ['ConfigMap', 'GrafanaDashboard'].includes(kind);
  expect(manifests.all.filter(isNew)).not.toEqual([]);
  expect(manifests.all.filter((manifest) => !isNew(manifest))).toEqual(plain.all);
});

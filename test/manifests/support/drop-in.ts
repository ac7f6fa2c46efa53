import { join } from 'node:path';

import { type Manifest, Manifests, MANIFESTS } from './kustomize.js';
import { filesBelow, rendered } from './rendered.js';

/** The overlay by itself: it needs no other file. */
const CHECKED_IN = [...filesBelow(join(MANIFESTS, 'overlays/drop-in'))].map(
  ([file, text]): [string, string] => [`drop-in/${file}`, text],
);

/** With every other file beside it. */
const REST = [...filesBelow(MANIFESTS)].filter(([file]) => !file.startsWith('overlays/drop-in/'));

export const dropIn = (): Manifests => new Manifests(rendered(new Map(CHECKED_IN), 'drop-in') as Manifest[]);

/** As much of the Go program's Deployment as patches tell apart. */
const ORIGINAL = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'sprayproxy', namespace: 'sprayproxy' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { 'app.kubernetes.io/name': 'sprayproxy' } },
    template: {
      metadata: { labels: { 'app.kubernetes.io/name': 'sprayproxy' } },
      spec: {
        containers: [
          {
            name: 'sprayproxy',
            image: 'ko://github.com/konflux-ci/sprayproxy',
            args: ['server'],
            env: [{ name: 'SPRAYPROXY_SERVER_BACKEND' }, { name: 'GH_APP_WEBHOOK_SECRET' }],
            resources: { limits: { cpu: '500m', memory: '384Mi' } },
          },
          ...['kube-rbac-proxy', 'kube-rbac-metrics'].map((name) => ({
            name,
            image: 'registry.redhat.io/openshift4/ose-kube-rbac-proxy:v4.12',
            resources: { limits: { cpu: '500m', memory: '128Mi' } },
          })),
        ],
      },
    },
  },
};

const ORIGINAL_FILES: [string, string][] = [
  ['drop-in/kustomization.yaml', 'resources:\n  - deployment.yaml\n'],
  ['drop-in/deployment.yaml', JSON.stringify(ORIGINAL)],
];

/** Somebody else's overlay: their kustomization.yaml without its resources, and the files that it names, by their path. */
export type Theirs = readonly [kustomization: string, files?: Readonly<Record<string, string>>];

function over(base: readonly [string, string][], [kustomization, files = {}]: Theirs): Manifests {
  const theirs = Object.entries({
    ...files,
    'kustomization.yaml': `resources:\n  - ../drop-in\n${kustomization}`,
  }).map(([file, text]): [string, string] => [`theirs/${file}`, text]);
  return new Manifests(rendered(new Map([...base, ...theirs]), 'theirs') as Manifest[]);
}

/** What their overlay makes of the overlay drop-in. */
export const foreign = (...theirs: Theirs): Manifests => over(CHECKED_IN, theirs);

/** What their overlay made of the Go program's Deployment. */
export const foreignOriginal = (...theirs: Theirs): Manifests => over(ORIGINAL_FILES, theirs);

/** What their overlay makes of it with components of ours. */
export const foreignWith = (...components: readonly string[]): Manifests =>
  over(
    [...CHECKED_IN, ...REST],
    [`components:\n${components.map((component) => `  - ../components/${component}\n`).join('')}`],
  );

import { stringify } from 'yaml';

import {
  ASSORTED,
  CHECKED_IN,
  everyCombination,
  made,
  type Manifests,
  type Overlay,
  OVERLAYS,
} from './kustomize.js';

/** What another repository says of an overlay that is its base. */
export interface Foreign {
  overlay: Overlay;
  components?: readonly string[];
  namespace: string;
  prefix: string;
}

export const IMAGE = 'quay.example.com/theirs/sprayproxy:2.0.0';
export const BACKENDS = 'https://pac.theirs.example.com';

/** Where this repository is, as seen from theirs. */
export const OURS = '../sprayproxy';

/**
 * The objects of a kustomization.yaml in another repository, beside this one.
 * @param others further files there, by their paths
 */
export const renderedElsewhere = (
  kustomization: string,
  others: Readonly<Record<string, string>> = {},
): Manifests =>
  made(
    new Map([
      ...[...CHECKED_IN].map(([file, text]): [string, string] => [`sprayproxy/k8s/${file}`, text]),
      ...Object.entries({ 'kustomization.yaml': kustomization, ...others }).map(
        ([file, text]): [string, string] => [`theirs/${file}`, text],
      ),
    ]),
    'theirs',
  );

/** The objects of an overlay as the base of another repository's, as the README says. */
export function foreign({ overlay, components = [], namespace, prefix }: Foreign): Manifests {
  const [newName, newTag] = IMAGE.split(':');
  return renderedElsewhere(
    stringify({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      ...(prefix !== '' && { namePrefix: prefix }),
      resources: [`${OURS}/k8s/overlays/${overlay}`],
      components: components.map((component) => `${OURS}/k8s/components/${component}`),
      images: [{ name: 'registry.example.com/sprayproxy', newName, newTag }],
      configMapGenerator: [
        { name: 'sprayproxy-backends', behavior: 'replace', literals: [`backends=${BACKENDS}`] },
      ],
      transformers: [`${OURS}/k8s/installation/${overlay}`],
    }),
  );
}

export interface Installation {
  of: string;
  manifests: Manifests;
  prefix: string;
}

/** Every overlay with an assortment of components as the base of another's, with a namespace, and with a prefix as well. */
export const everyForeign = (): (Installation & Required<Foreign>)[] =>
  OVERLAYS.flatMap((overlay) =>
    ASSORTED.flatMap((components) =>
      ['', 'a-'].map((prefix) => {
        const namespace = 'team-a';
        const of = `${overlay} elsewhere as ${namespace}, '${prefix}', with ${components.join(', ')}`;
        return {
          ...{ of, overlay, components, namespace, prefix },
          manifests: foreign({ overlay, components, namespace, prefix }),
        };
      }),
    ),
  );

/** Whatever can be installed: our overlays with what may be added, and others' upon them. */
export const everyInstallation = (): Installation[] => [
  ...everyCombination().map((each) => ({ ...each, prefix: '' })),
  ...everyForeign(),
];

import { parseAllDocuments } from 'yaml';

import { type Manifest, Manifests } from '../../manifests/support/kustomize.js';
import { CHART, HELMS, run } from './helms.js';

/** What a user of the chart says. */
export type Values = Readonly<Record<string, unknown>>;

export const NAMESPACE = 'team-a';

const CLUSTER_WIDE = ['ClusterRole', 'ClusterRoleBinding'];

/** The newest Helm that is tested with. */
export const NEWEST = HELMS.at(-1) ?? '';

/**
 * The objects that Helm makes of the chart, in the namespace in which it installs them.
 * @param chart a directory, or a packed one
 * @throws what Helm has against the values, or YAML against the templates
 */
export function charted(
  values: Values,
  { helm = NEWEST, namespace = NAMESPACE, chart = CHART } = {},
): Manifests {
  const args = ['template', 'sprayproxy', chart, '--namespace', namespace, '--values', '-'];
  const documents = parseAllDocuments(run(helm, args, values));
  const [fault] = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  if (fault) throw fault;
  const objects = documents.map((document) => document.toJS() as Manifest | null);
  return new Manifests(
    objects
      .filter((object) => object !== null)
      .map((object) => {
        if (!CLUSTER_WIDE.includes(object.kind)) object.metadata.namespace ??= namespace;
        return object;
      }),
  );
}

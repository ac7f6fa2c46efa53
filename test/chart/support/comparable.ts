import type { Manifest, Manifests } from '../../manifests/support/kustomize.js';

/** Lists whose order means nothing. */
const UNORDERED = ['env', 'volumeMounts', 'volumes'];

/**
 * What either side has for itself: what rolls the pods when the list of backends changes; what is a value in the chart; a
 * label of every object of the chart, and of those of the base.
 */
const OWN = ['checksum/backends', 'sprayproxy/runbook', 'sprayproxy/grafana', 'app.kubernetes.io/part-of'];

/** The objects by kind and name, without the differences that are meant. */
export const comparable = ({ all }: Manifests): Record<string, Manifest> =>
  Object.fromEntries(
    all.map(plain).map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]),
  );

function plain(manifest: Manifest): Manifest {
  return JSON.parse(JSON.stringify(manifest), (key, value: unknown) => {
    if (UNORDERED.includes(key)) return (value as { name: string }[]).toSorted(byName);
    if (key === 'annotations' || key === 'labels') return withoutOwn(value as Record<string, unknown>);
    // Kustomize puts a hash of the list there instead.
    return typeof value === 'string' ? value.replace(/^(sprayproxy-backends)-[a-z0-9]{10}$/, '$1') : value;
  }) as Manifest;
}

const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);

function withoutOwn(words: Record<string, unknown>): Record<string, unknown> | undefined {
  const rest = Object.entries(words).filter(([name]) => !OWN.includes(name));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

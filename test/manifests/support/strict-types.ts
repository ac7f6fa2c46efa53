import { compileFaults } from './compiled.js';
import { type Manifest } from './kustomize.js';
import { validateByModule } from './validate-module.js';

export interface Fault {
  manifest: Manifest;
  message: string;
}

/** Where the published type of a manifest is: `I<kind>` of this module. */
function typeModule({ apiVersion, kind }: Manifest): string {
  if (kind === 'Route') return './route.js';
  if (apiVersion.startsWith('cert-manager.io/'))
    return `@kubernetes-models/cert-manager/${apiVersion}/${kind}`;
  if (apiVersion.startsWith('postgresql.cnpg.io/'))
    return `@kubernetes-models/cloudnative-pg/${apiVersion}/${kind}`;
  if (apiVersion.startsWith('grafana.integreatly.org/'))
    return `@kubernetes-models/grafana-operator/${apiVersion}/${kind}`;
  if (apiVersion.startsWith('monitoring.coreos.com/'))
    return `@kubernetes-models/prometheus-operator/${apiVersion}/${kind}`;
  return `kubernetes-models/${apiVersion}/${kind}`;
}

/** What the compiler has against each manifest as a literal of its published type, unknown fields included. */
export function typeFaults(manifests: readonly Manifest[]): Fault[] {
  const literals = manifests.map((manifest) => ({
    value: manifest,
    module: typeModule(manifest),
    type: `I${manifest.kind}`,
  }));
  return compileFaults(literals).map(({ literal, message }) => ({
    manifest: literal.value as Manifest,
    message,
  }));
}

/**
 * Runs the package's validator, which knows what types cannot say: whole numbers, patterns, formats.
 * @throws if the manifest breaks a rule.
 */
export async function validate(manifest: Manifest): Promise<void> {
  if (manifest.kind === 'Route') return;
  if (manifest.kind === 'GrafanaDashboard') {
    validateByModule(typeModule(manifest), manifest);
    return;
  }
  const models = (await import(typeModule(manifest))) as Record<
    string,
    (new (data: unknown) => { validate(): void }) | undefined
  >;
  const Model = models[manifest.kind];
  if (!Model) throw new Error(`no model of ${manifest.kind}`);
  new Model(manifest).validate();
}

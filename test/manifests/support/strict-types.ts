import { join } from 'node:path';
import ts from 'typescript';

import { type Manifest, REPOSITORY } from './kustomize.js';

export interface Fault {
  manifest: Manifest;
  message: string;
}

/** Where the published type of a manifest is: `I<kind>` of this module. */
function typeModule({ apiVersion, kind }: Manifest): string {
  if (kind === 'Route') return './route.js';
  if (apiVersion.startsWith('cert-manager.io/'))
    return `@kubernetes-models/cert-manager/${apiVersion}/${kind}`;
  return `kubernetes-models/${apiVersion}/${kind}`;
}

/**
 * Compiles each manifest as a literal of its published type. The compiler refuses fields the type does not have,
 * which the validators of the same packages let pass.
 */
export function typeFaults(manifests: readonly Manifest[]): Fault[] {
  const sources = new Map(
    manifests.map((manifest, index) => {
      const type = `I${manifest.kind}`;
      const text = `import type { ${type} } from '${typeModule(manifest)}';
export const manifest: ${type} = ${JSON.stringify(manifest, null, 2)};`;
      return [join(__dirname, `manifest-${index}.ts`), { manifest, text }];
    }),
  );
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { fileExists: host.fileExists.bind(host), readFile: host.readFile.bind(host) };
  host.fileExists = (file) => sources.has(file) || onDisk.fileExists(file);
  host.readFile = (file) => sources.get(file)?.text ?? onDisk.readFile(file);
  host.getCurrentDirectory = () => REPOSITORY;
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const source = sources.get(file);
    return source
      ? ts.createSourceFile(file, source.text, languageVersion)
      : getSourceFile(file, languageVersion, ...rest);
  };

  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([file, { manifest }]) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText }) => ({
      manifest,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    })),
  );
}

/**
 * Runs the package's validator, which knows what types cannot say: whole numbers, patterns, formats.
 * @throws if the manifest breaks a rule.
 */
export async function validate(manifest: Manifest): Promise<void> {
  if (manifest.kind === 'Route') return;
  const models = (await import(typeModule(manifest))) as Record<
    string,
    (new (data: unknown) => { validate(): void }) | undefined
  >;
  const Model = models[manifest.kind];
  if (!Model) throw new Error(`no model of ${manifest.kind}`);
  new Model(manifest).validate();
}

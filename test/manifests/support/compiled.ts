import { join } from 'node:path';
import ts from 'typescript';

import { REPOSITORY } from './kustomize.js';

/** A value as the literal of a published type. */
export interface Literal {
  value: unknown;
  /** What `type` is exported by. */
  module: string;
  type: string;
}

/**
 * Compiles each value as a literal of its type. The compiler refuses fields the type does not have.
 * @returns what it said about each that it did not take.
 */
export function compileFaults(literals: readonly Literal[]): { literal: Literal; message: string }[] {
  const sources = new Map(
    literals.map((literal, index) => {
      const { value, module, type } = literal;
      const text = `import type { ${type} } from '${module}';
export const value: ${type} = ${JSON.stringify(value, null, 2)};`;
      return [join(__dirname, `literal-${index}.ts`), { literal, text }];
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
  return [...sources].flatMap(([file, { literal }]) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText }) => ({
      literal,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    })),
  );
}

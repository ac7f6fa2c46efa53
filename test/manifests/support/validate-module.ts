import { spawnSync } from 'node:child_process';

import { type Manifest, REPOSITORY } from './kustomize.js';

/** Arguments: the module and the kind; on standard input the manifest. */
const SCRIPT = `
import { text } from 'node:stream/consumers';
const [module, kind] = process.argv.slice(1);
const { [kind]: Model } = await import(module);
new Model(JSON.parse(await text(process.stdin))).validate();
`;

/**
 * Runs the validator of a package that is published as ES modules only, which Jest cannot load.
 * @throws what it has against the manifest
 */
export function validateByModule(module: string, manifest: Manifest): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, '--', module, manifest.kind],
    { cwd: REPOSITORY, encoding: 'utf8', input: JSON.stringify(manifest) },
  );
  if (status !== 0) throw new Error(stderr);
}

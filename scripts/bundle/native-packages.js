const { build } = require('esbuild');
const { cpSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join, relative } = require('node:path');

const EXTRACT = 'msgpackr-extract';

/** With native code, which they look for around themselves. The second is the first one's, and makes it read faster. */
const NATIVE_PACKAGES = ['lmdb', EXTRACT];

/** Makes packages of them in `modules`, each with its code in one file, and its binaries for this platform beside it. */
const buildNativePackages = (modules, options) => {
  const lmdb = require.resolve('lmdb');
  const msgpackr = createRequire(lmdb).resolve('msgpackr');
  const extract = createRequire(msgpackr).resolve(EXTRACT);
  return Promise.all([
    buildPackage({ name: 'lmdb', file: lmdb, modules, options: { ...options, external: [EXTRACT] } }),
    buildPackage({ name: EXTRACT, file: extract, modules, options: { ...options, external: [] } }),
  ]);
};

function buildPackage({ name, file, modules, options }) {
  const [, installed] = new RegExp(`^(.*node_modules)/${name}/`).exec(file) ?? [];
  for (const part of [`${name}/package.json`, `@${name}`]) {
    cpSync(join(installed, part), join(modules, part), { recursive: true });
  }
  return build({ ...options, entryPoints: [file], outfile: join(modules, relative(installed, file)) });
}

module.exports = { buildNativePackages, NATIVE_PACKAGES };

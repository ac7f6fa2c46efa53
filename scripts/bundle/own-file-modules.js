const { build } = require('esbuild');
const { join } = require('node:path');

/** Modules of ours, by their paths in `dist`, with packages that few need: who does not is to have none of their text in memory. */
const OWN_FILE_MODULES = ['recovery/github/octokit.js', 'recovery/github/proxied-fetch.js'];

const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1);

/** Has them required from beside the bundle. */
const apart = {
  name: 'own-file-modules',
  setup: ({ onResolve }) => {
    for (const path of OWN_FILE_MODULES) {
      onResolve({ filter: new RegExp(`/${nameOf(path)}$`) }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: `./${nameOf(path)}`, external: true },
      );
    }
  },
};

const buildOwnFileModules = (dist, bundle, options) =>
  Promise.all(
    OWN_FILE_MODULES.map((path) =>
      build({ ...options, entryPoints: [join(dist, path)], outfile: join(bundle, nameOf(path)) }),
    ),
  );

module.exports = { apart, buildOwnFileModules };

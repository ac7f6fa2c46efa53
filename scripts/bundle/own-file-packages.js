const { build } = require('esbuild');
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** For a spool in a database only: who has none is to have none of their text in memory. */
const OWN_FILE_PACKAGES = ['pg', 'pg-connection-string', 'kysely'];

/** Makes packages of them in `modules`, each with its code in one file. */
const buildOwnFilePackages = (modules, options) =>
  Promise.all(
    OWN_FILE_PACKAGES.map((name) => {
      const directory = join(modules, name);
      mkdirSync(directory, { recursive: true });
      // Their own would tell Node of modules that are not there.
      writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
      return build({
        ...options,
        external: options.external.filter((other) => other !== name),
        entryPoints: [require.resolve(name)],
        outfile: join(directory, 'index.js'),
      });
    }),
  );

module.exports = { buildOwnFilePackages, OWN_FILE_PACKAGES };

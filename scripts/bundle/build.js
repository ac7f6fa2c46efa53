// Makes dist/bundle of the compiled modules: all that an image holds of the program and its packages beside dist/main.js.
const { build } = require('esbuild');
const { chmodSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const { compile } = require('./compile.js');
const { licencesOf } = require('./licences.js');
const { buildNativePackages, NATIVE_PACKAGES } = require('./native-packages.js');
const { apart, buildOwnFileModules } = require('./own-file-modules.js');
const { buildOwnFilePackages, OWN_FILE_PACKAGES } = require('./own-file-packages.js');

const ROOT = join(__dirname, '../..');
const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, 'bundle');
const PACKAGES = join(BUNDLE, 'node_modules');
const PROGRAM = join(BUNDLE, 'sprayproxy.js');

/** Packages ask for them, and do without. Only here are they there, since what builds the program has some of them. */
const ABSENT = ['@nestjs/microservices', '@nestjs/websockets', 'supports-color', 'pg-native'];

/** Telephone numbers and uploaded files: a tenth of the start and 3 MiB, for nothing. */
const UNUSED = ['libphonenumber-js/max', 'multer'];

const URL_OF_FILE = "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node20.19',
  external: [...NATIVE_PACKAGES, ...OWN_FILE_PACKAGES, ...ABSENT.flatMap((name) => [name, `${name}/*`])],
  alias: Object.fromEntries(UNUSED.map((name) => [name, join(__dirname, 'unused.js')])),
  // A script has no way to import; what is imported when it is needed is in the file as well.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: URL_OF_FILE },
  legalComments: 'none',
  // As they are written, for stack traces. Some classes become _Class or Class2, which nothing asks for: to keep their names
  // costs a call for each closure, in the way of every webhook as well.
  minify: false,
  keepNames: false,
};

async function main() {
  const [native, ownPackages, ownModules, ...own] = await Promise.all([
    buildNativePackages(PACKAGES, OPTIONS),
    buildOwnFilePackages(PACKAGES, OPTIONS),
    buildOwnFileModules(DIST, BUNDLE, OPTIONS),
    build({
      ...OPTIONS,
      entryPoints: [join(DIST, 'program.js')],
      outfile: PROGRAM,
      plugins: [apart],
      banner: { js: `(function (exports, require, module, __filename, __dirname) { ${URL_OF_FILE}` },
      footer: { js: '})' },
    }),
    build({
      ...OPTIONS,
      entryPoints: [join(DIST, 'spool/lmdb/verify-process.js')],
      outfile: join(BUNDLE, 'verify-process.js'),
    }),
  ]);
  const inputs = [...native, ...ownPackages, ...ownModules, ...own].flatMap(({ metafile }) =>
    Object.keys(metafile.inputs),
  );
  writeFileSync(join(BUNDLE, 'LICENSES'), licencesOf(inputs));
  toAscii(PROGRAM);
  await compile();
  chmodSync(join(DIST, 'main.js'), 0o755);
}

/** The engine keeps the text, and takes two bytes for each character where one of them needs two. */
function toAscii(file) {
  const escaped = readFileSync(file, 'utf8').replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(file, escaped);
}

void main();

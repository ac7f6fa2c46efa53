import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const { licencesOf } = createRequire(import.meta.url)('../scripts/bundle/licences.js') as {
  licencesOf: (files: readonly string[]) => string;
};

/** Whoever passes the page on has to pass on the licences of the packages in it. */
const licences: Plugin = {
  name: 'licences',
  generateBundle() {
    const files = [...this.getModuleIds()].flatMap((id) =>
      id.startsWith(ROOT) ? [id.slice(ROOT.length + 1)] : [],
    );
    this.emitFile({ type: 'asset', fileName: 'LICENSES', source: licencesOf(files) });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/deliveries/',
  // One file, that nothing else is loaded by, and nothing in the document but its name: the policy allows no more.
  build: {
    outDir: join(ROOT, 'dist/page'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [licences],
});

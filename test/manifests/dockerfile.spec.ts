import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { REPOSITORY } from './support/kustomize.js';

const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8');

interface Instruction {
  name: string;
  rest: string;
}

/** Instructions of a Dockerfile: without comments, continued lines joined. */
function instructions(text: string): Instruction[] {
  return text
    .replace(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return { name, rest: rest.join(' ') };
    });
}

describe('Dockerfile', () => {
  const all = instructions(read('Dockerfile'));
  const every = (name: string, among = all) =>
    among.filter((each) => each.name === name).map(({ rest }) => rest);
  const image = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));

  it('builds every stage on one image, pinned by version and replaceable', () => {
    expect(every('ARG')).toEqual([expect.stringMatching(/^NODE_IMAGE=node:24\.\d+\.\d+-[a-z]+-slim$/)]);
    expect(all[0]?.name).toBe('ARG');
    expect(every('FROM').length).toBeGreaterThan(1);
    for (const from of every('FROM')) expect(from).toMatch(/^\$\{NODE_IMAGE\}( AS [a-z]+)?$/);
  });

  it('copies only what is there and not ignored', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = every('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));

    expect(sources).toContain('src');
    expect(sources.filter((source) => !existsSync(join(REPOSITORY, source)))).toEqual([]);
    expect([...new Set(sources)].sort()).toEqual(allowed.sort());
  });

  it('copies from stages there are, production dependencies among it', () => {
    const stages = every('FROM').flatMap((from) => / AS ([a-z]+)$/.exec(from)?.[1] ?? []);
    const copied = every('COPY').flatMap((rest) => /^--from=(\S+) \S+ (\S+)$/.exec(rest)?.slice(1) ?? []);
    expect(stages).toEqual(['dependencies', 'build']);
    expect(copied).toEqual(['dependencies', './node_modules', 'build', './dist']);
  });

  it('installs from the lock file without running anything, and leaves the development dependencies behind', () => {
    const installs = every('RUN').filter((command) => /\bnpm (?!run)/.test(command));
    expect(installs).toEqual(['npm ci --omit=dev --ignore-scripts', 'npm ci --ignore-scripts']);
  });

  it.each(['typescript', '@types/node', 'swagger-ui-dist'])('installs no %s to run with', (name) => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Readonly<Record<string, { dev?: boolean }>>;
    };
    const kept = Object.keys(packages).filter(
      (path) => path.endsWith(`node_modules/${name}`) && packages[path]?.dev !== true,
    );
    expect(kept).toEqual([]);
  });

  describe('takes from the dependencies', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
    const at = (file: string) => join(directory, 'node_modules/some', file);
    const GOES = [
      'index.d.ts',
      'src/index.ts',
      'index.d.mts',
      'index.d.cts',
      'index.js.map',
      'README.md',
      'docs/index.html',
      'native/source.cpp',
      'test/index.js',
      'tests/support/server.js',
      '.github/workflows/ci.yml',
    ];
    const STAYS = [
      'index.js',
      'index.mjs',
      'package.json',
      'LICENSE',
      'license.md',
      'native.node',
      'latest/data.json',
    ];

    beforeAll(() => {
      for (const file of [...GOES, ...STAYS]) {
        mkdirSync(dirname(at(file)), { recursive: true });
        writeFileSync(at(file), '');
      }
      for (const command of every('RUN').filter((each) => each.startsWith('find '))) {
        execFileSync('sh', ['-euc', command], { cwd: directory });
      }
    });
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });

    it.each(GOES)('%s, which is not loaded', (file) => {
      expect(existsSync(at(file))).toBe(false);
    });

    it.each(STAYS)('but not %s', (file) => {
      expect(existsSync(at(file))).toBe(true);
    });
  });

  it('has the description that is served', () => {
    expect(every('COPY', image)).toContain('docs/openapi.json ./docs/');
  });

  it('runs as a number that is not root', () => {
    expect(every('USER')).toEqual(['65532:65532']);
    const after = image.slice(image.findIndex(({ name }) => name === 'USER') + 1);
    expect(after.map(({ name }) => name)).toEqual(['EXPOSE', 'ENTRYPOINT']);
  });

  it('starts the program that package.json names, with its subcommand', () => {
    const { bin } = JSON.parse(read('package.json')) as { bin: { sprayproxy: string } };
    expect(every('RUN', image)).toEqual([`ln -s /app/${bin.sprayproxy} /usr/local/bin/sprayproxy`]);
    expect(every('ENTRYPOINT')).toEqual(['["sprayproxy", "server"]']);
    expect(every('CMD')).toEqual([]);
  });

  it('has production settings, and threads enough to look up dead names', () => {
    expect(every('ENV', image)).toEqual(['NODE_ENV=production']);
  });

  it('leaves health to the probes of Kubernetes', () => {
    expect(every('HEALTHCHECK')).toEqual([]);
  });
});

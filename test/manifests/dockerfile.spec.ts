import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

  it('installs from the lock file, and leaves the development dependencies behind', () => {
    const installs = every('RUN').filter(
      (command) => command.includes('npm') && !command.includes('npm run'),
    );
    expect(installs).toEqual(['npm ci --omit=dev', 'npm ci']);
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

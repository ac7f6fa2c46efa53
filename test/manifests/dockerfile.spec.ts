import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dockerfile, imageInstructions } from '../support/dockerfile.js';
import { REPOSITORY } from './support/kustomize.js';

const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8');

describe('Dockerfile', () => {
  const all = dockerfile();
  const every = (name: string, among = all) =>
    among.filter((each) => each.name === name).map(({ rest }) => rest);
  const image = imageInstructions();

  it('builds every stage on one image, pinned by version and replaceable', () => {
    expect(every('ARG')).toEqual([
      expect.stringMatching(/^NODE_IMAGE=node:24\.\d+\.\d+-[a-z]+-slim$/),
      'NODE_IMAGE',
    ]);
    expect(all[0]?.name).toBe('ARG');
    expect(every('FROM').length).toBeGreaterThan(1);
    for (const from of every('FROM')) expect(from).toMatch(/^\$\{NODE_IMAGE\}( AS [a-z]+)?$/);
  });

  it('says what it is built on, with the digest if one is given', () => {
    const names = image.map(({ name }) => name);
    expect(names.indexOf('ARG')).toBeLessThan(names.indexOf('LABEL'));
    expect(every('LABEL', image).join()).toContain('org.opencontainers.image.base.name="${NODE_IMAGE}"');
  });

  it('is pinned by the digest in the README by the default of the Dockerfile', () => {
    const [, base] = /^ *base=(\S+)/m.exec(read('k8s/README.md')) ?? [];
    expect(every('ARG')[0]).toBe(`NODE_IMAGE=${base}`);
    expect(read('k8s/README.md')).toContain('--build-arg NODE_IMAGE=$base@$digest');
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

  it('copies from the build what it makes to be shipped: the program, its bundle, and the page', () => {
    const stages = every('FROM').flatMap((from) => / AS ([a-z]+)$/.exec(from)?.[1] ?? []);
    const copied = every('COPY').filter((rest) => rest.startsWith('--from='));
    expect(stages).toEqual(['build']);
    expect(copied).toEqual([
      '--from=build /app/dist/main.js ./dist/',
      '--from=build /app/dist/bundle ./dist/bundle',
      '--from=build /app/dist/page ./dist/page',
    ]);
  });

  it('installs from the lock file without running anything', () => {
    const installs = every('RUN').filter((command) => /\bnpm (?!run)/.test(command));
    expect(installs).toEqual(['npm ci --ignore-scripts']);
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

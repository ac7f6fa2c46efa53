import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { buildCommit } from '../../bench/build/build-commit.js';
import { nodeFlags } from '../../testing/node-flags.js';
import { useTempDir } from '../support/temp-dir.js';

jest.setTimeout(60_000);

const directory = useTempDir();

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', directory.path, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    encoding: 'utf8',
  }).trim();

/** A commit of a program that is built by copying. @returns its hash. */
function commit(text: string, { bin, build }: { bin?: string; build: string }): string {
  const { path } = directory;
  const packageJson = { name: 'a', version: '1.0.0', bin, scripts: { build } };
  writeFileSync(join(path, 'package.json'), JSON.stringify(packageJson));
  writeFileSync(join(path, 'package-lock.json'), '{}');
  writeFileSync(join(path, 'program'), text);
  git('add', '--force', 'package.json', 'package-lock.json', 'program');
  git('commit', '--quiet', '-m', text);
  return git('rev-parse', 'HEAD');
}

const COPY = (to: string) => `mkdir -p ${dirname(to)} && cp program ${to}`;

describe('a commit to compare with', () => {
  beforeEach(() => {
    git('init', '--quiet');
    mkdirSync(join(directory.path, 'node_modules'));
  });

  it('is built as it wants to be, found where it says, and started with the flags it wants', async () => {
    const old = commit('#!/usr/bin/env -S node --flag=1\nold', { bin: 'out/a.js', build: COPY('out/a.js') });
    commit('new', { bin: 'elsewhere.js', build: 'false' });

    const build = await buildCommit('HEAD~1', directory.path);

    expect(build).toMatchObject({ ref: 'HEAD~1', commit: old.slice(0, 10) });
    expect(readFileSync(build.main, 'utf8')).toContain('old');
    expect(nodeFlags(build.main)).toEqual(['--flag=1']);
  });

  it.each(['dist/main.js', 'dist/src/main.js'])('is found at %s where it does not say', async (file) => {
    commit('a', { build: COPY(file) });
    const { main } = await buildCommit('HEAD', directory.path);
    expect(main.endsWith(file)).toBe(true);
    expect(existsSync(main)).toBe(true);
  });

  it('gets the packages that are installed, where it wants the same', async () => {
    commit('a', { build: COPY('dist/main.js') });
    const { main } = await buildCommit('HEAD', directory.path);
    const installed = join(dirname(dirname(main)), 'node_modules');
    expect(readlinkSync(installed)).toBe(join(directory.path, 'node_modules'));
  });

  it('gets packages of its own where it wants others', async () => {
    commit('a', { build: COPY('dist/main.js') });
    writeFileSync(join(directory.path, 'package-lock.json'), '{ "changed": true }');
    const { main } = await buildCommit('HEAD', directory.path);
    const installed = lstatSync(join(dirname(dirname(main)), 'node_modules'), { throwIfNoEntry: false });
    expect(installed?.isSymbolicLink()).not.toBe(true);
  });

  it.each(['nonsense', '--help', 'HEAD:package.json'])('%s is none', async (ref) => {
    commit('a', { build: 'true' });
    await expect(buildCommit(ref, directory.path)).rejects.toMatchObject({
      status: 2,
      message: `--compare: there is no commit '${ref}' here`,
    });
  });

  it('that cannot be built is told with what its build said', async () => {
    commit('a', { build: 'echo no luck; false' });
    await expect(buildCommit('HEAD', directory.path)).rejects.toThrow(/npm run build failed:\n[^]*no luck/);
  });

  it('whose build makes no program is told', async () => {
    commit('a', { build: 'true' });
    await expect(buildCommit('HEAD', directory.path)).rejects.toThrow('its build has made no program');
  });
});

it('there is none where there is no repository', async () => {
  await expect(buildCommit('HEAD', directory.path)).rejects.toMatchObject({
    status: 2,
    message: expect.stringContaining('not a git repository') as string,
  });
});

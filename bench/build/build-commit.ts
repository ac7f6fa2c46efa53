import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../../testing/paths.js';
import { BenchError } from '../bench-error.js';
import { tempDir } from '../process/temp-dir.js';
import { type Build } from './build.js';
import { runCommand } from '../process/run-command.js';

/** Where the program was, in commits whose package.json does not say it. */
const USUAL_MAINS = ['dist/main.js', 'dist/src/main.js'];

/**
 * Builds a commit of the repository at `root` in a directory that is gone when this process ends, as that commit wants
 * to be built. Where it wants the packages that are installed here, it gets these.
 * @throws BenchError with status 2 if there is no such commit, with 1 if it cannot be built.
 */
export async function buildCommit(ref: string, root: string = ROOT): Promise<Build> {
  const commit = await commitOf(ref, root);
  const directory = tempDir().path;
  const step = async (what: string, command: [string, ...string[]]) => {
    const { status, output } = await runCommand(command);
    if (status !== 0) throw new BenchError(`--compare ${ref}: ${what} failed:\n${output}`);
  };
  const archive = 'git -C "$1" archive --format=tar "$2" | tar -x -C "$3"';
  await step('taking the files of the commit', ['sh', '-c', archive, 'sh', root, commit, directory]);
  if (samePackages(root, directory)) {
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  } else {
    await step('npm ci', ['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', directory]);
  }
  await step('npm run build', ['npm', 'run', 'build', '--prefix', directory]);
  return { ref, commit: commit.slice(0, 10), main: mainOf(ref, directory) };
}

async function commitOf(ref: string, root: string): Promise<string> {
  const { status, output } = await runCommand([
    'git',
    ...['-C', root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
  ]);
  if (status === 0) return output.trim();
  // Without a word of its own: git was there, and knows of no such commit.
  const why = output.trim() === '' ? `there is no commit '${ref}' here` : output.trim();
  throw new BenchError(`--compare: ${why}`, 2);
}

function samePackages(root: string, directory: string): boolean {
  const [here, there] = [root, directory].map((each) => read(join(each, 'package-lock.json')));
  return here !== undefined && here === there && existsSync(join(root, 'node_modules'));
}

/** What that commit's package.json calls the program. */
function mainOf(ref: string, directory: string): string {
  const { bin } = JSON.parse(read(join(directory, 'package.json')) ?? '{}') as {
    bin?: string | Record<string, string>;
  };
  const named = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
  const main = [...named, ...USUAL_MAINS]
    .map((file) => join(directory, file))
    .find((file) => existsSync(file));
  if (main === undefined) throw new BenchError(`--compare ${ref}: its build has made no program`);
  return main;
}

const read = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

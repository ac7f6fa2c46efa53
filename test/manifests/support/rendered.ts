import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const REPOSITORY = join(__dirname, '..', '..', '..');

/** What was rendered before, by all that it depends on: most files of tests want the same hundred. */
const CACHE = join(REPOSITORY, 'node_modules', '.cache', 'sprayproxy-kustomize');

/** The text of each file, by its path. */
export type Files = ReadonlyMap<string, string>;

export const filesBelow = (directory: string): Files =>
  new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  );

/**
 * The objects of `kubectl kustomize`, as `kubectl apply -k` makes them.
 * @param directory among the files
 * @throws if kubectl is not installed, or has anything to say beside the objects: an error, a deprecated field.
 */
export function rendered(files: Files, directory: string): unknown[] {
  const key = createHash('sha256')
    .update(JSON.stringify([kubectl(), directory, ...files]))
    .digest('hex');
  const cached = join(CACHE, `${key}.json`);
  try {
    return JSON.parse(readFileSync(cached, 'utf8')) as unknown[];
  } catch {
    const objects = render(files, directory);
    mkdirSync(CACHE, { recursive: true });
    // Another process may be reading, or writing the same.
    writeFileSync(`${cached}.${process.pid}`, JSON.stringify(objects));
    renameSync(`${cached}.${process.pid}`, cached);
    return objects;
  }
}

/** Where it is, and what tells it from another version. @throws if there is none. */
function kubectl(): readonly [path: string, bytes: number, changedAt: number] {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(directory, 'kubectl');
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() === true) return [path, found.size, found.mtimeMs];
  }
  throw new Error('install kubectl 1.29 or newer: these tests run "kubectl kustomize"');
}

function render(files: Files, directory: string): unknown[] {
  const copy = mkdtempSync(join(tmpdir(), 'sprayproxy-k8s-'));
  try {
    for (const [file, text] of files) {
      mkdirSync(join(copy, dirname(file)), { recursive: true });
      writeFileSync(join(copy, file), text);
    }
    const { error, status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(copy, directory)], {
      encoding: 'utf8',
    });
    if (error) throw error;
    if (status !== 0 || stderr !== '') throw new Error(`kubectl kustomize ${directory}: ${stderr}`);
    return parseAllDocuments(stdout).map((document) => document.toJS() as unknown);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(__dirname, '../..');

const DIRECTORIES = ['charts', 'docs', 'k8s', 'test'];

const pagesIn = (directory: string, recursive: boolean): string[] =>
  readdirSync(join(ROOT, directory), { withFileTypes: true, recursive })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));

/** The pages of this repository, by their path in it. */
export const pages: readonly string[] = [
  ...pagesIn('.', false),
  ...DIRECTORIES.flatMap((directory) => pagesIn(directory, true)),
].sort();

export const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Without what stands in fences. */
export const proseOf = (page: string): string => textOf(page).replace(/^```[^]*?^```$/gm, '');

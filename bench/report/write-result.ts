import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ROOT } from '../../testing/paths.js';
import { type Result } from '../result.js';

const DEFAULT_FILE = join(ROOT, 'bench', 'results', 'latest.json');

/** Writes the JSON and, beside it, the Markdown. @returns the paths of both. */
export function writeResult(result: Result, text: string, out = DEFAULT_FILE): [string, string] {
  const markdownFile = `${out.replace(/\.json$/, '')}.md`;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(markdownFile, text);
  return [out, markdownFile];
}

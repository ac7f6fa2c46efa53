import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../../testing/paths.js';

export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Of the Dockerfile, in order: without comments, continued lines joined. */
export const dockerfile = (): Instruction[] =>
  readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return { name, rest: rest.join(' ') };
    });

/** Those of the last stage: they make the image. */
export const imageInstructions = (): Instruction[] => {
  const all = dockerfile();
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
};

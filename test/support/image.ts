import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ROOT } from '../../testing/paths.js';
import { imageInstructions } from './dockerfile.js';

/** Where the image has the program, and a stage before it what it was built in. */
const APP = /^\/app\//;

/** Lays out in an empty directory what the Dockerfile copies to the image. */
export function layOutImage(directory: string): void {
  for (const { name, rest } of imageInstructions()) {
    if (name !== 'COPY') continue;
    const [to = '', ...from] = rest
      .split(' ')
      .filter((word) => !word.startsWith('--'))
      .reverse();
    for (const path of from.map((each) => each.replace(APP, ''))) {
      const target = to.endsWith('/') ? join(to, basename(path)) : to;
      cpSync(join(ROOT, path), join(directory, target), { recursive: true });
    }
  }
}

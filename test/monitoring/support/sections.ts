import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from '../../manifests/support/kustomize.js';

/** What follows the # in a link to each heading of a page, as GitHub makes it. */
export function sectionsOf(page: string): string[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

import { Injectable } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { PACKAGE_DIRECTORY } from '../package-directory.js';

/** Made by the build, of `web/`. */
export const PAGE_DIRECTORY = join(PACKAGE_DIRECTORY, 'dist/page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** The files of the page, read when somebody looks at it for the first time. */
@Injectable()
export class PageFiles {
  #files: ReadonlyMap<string, PageFile> = new Map();

  /** @param name within the page's directory, such as `assets/index-Cx1.js` */
  get(name: string): PageFile | undefined {
    // It may be about to be built.
    if (this.#files.size === 0) this.#files = filesIn(PAGE_DIRECTORY);
    return this.#files.get(name);
  }
}

/** None, where the page has not been built. */
function filesIn(directory: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of namesIn(directory)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(directory, name));
    files.set(name, { type, bytes, gzipped: gzipSync(bytes, { level: 9 }) });
  }
  return files;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

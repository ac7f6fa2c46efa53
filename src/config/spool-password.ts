import { readFileSync } from 'node:fs';

import { parsePostgresUrl } from '../model/postgres-url.js';

/** How the database that is the spool is to be connected to. */
export interface SpoolDatabase {
  /** It may hold a password: not to be shown. */
  readonly url: string;
  /** Comes before `password`. */
  readonly passwordFile: string | undefined;
  /** For a URL that has none. */
  readonly password: string | undefined;
}

/**
 * What to ask for the password whenever a connection is made; `undefined`: it is in the URL, or what `PGPASSFILE` names.
 * What it gives rejects if the file cannot be read.
 */
export function spoolPassword({
  url,
  passwordFile,
  password,
}: SpoolDatabase): (() => Promise<string>) | undefined {
  if (passwordFile !== undefined)
    return () =>
      new Promise((resolve) => {
        resolve(readPasswordFile(passwordFile));
      });
  const parsed = parsePostgresUrl(url);
  if (password === undefined || typeof parsed === 'string' || parsed.hasPassword) return undefined;
  return () => Promise.resolve(password);
}

/** The first line of a file, without its end. */
export const readPasswordFile = (path: string): string =>
  readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? '';

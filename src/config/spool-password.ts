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
 * What to ask for the password whenever a connection is made. It gives `undefined` where the password is in the URL, or in
 * what `PGPASSFILE` names, and throws if the file cannot be read.
 */
export function spoolPassword({ url, passwordFile, password }: SpoolDatabase): () => string | undefined {
  if (passwordFile !== undefined) return () => readPasswordFile(passwordFile);
  const parsed = parsePostgresUrl(url);
  const hasOwn = typeof parsed === 'object' && parsed.hasPassword;
  return () => (hasOwn ? undefined : password);
}

/** The first line of a file, without its end. */
export const readPasswordFile = (path: string): string =>
  readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? '';

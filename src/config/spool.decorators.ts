import { ValidateBy } from 'class-validator';

import { isPostgresUrl, parsePostgresUrl } from '../model/postgres-url.js';
import { readPasswordFile } from './spool-password.js';
import { isReadableFile } from './variable.decorators.js';

/** What a shell or a URL parser would replace, and we do not. */
const LOOKS_REPLACED = /^~|\$[\w({]|%[\da-f]{2}|[?#\\\p{Cc}"]|^['\s]|['\s]$/iu;

/** The directory that a spool's URL names, `file:<path>` or `file:///<absolute path>`. */
export const spoolDirectory = (url: string): string | undefined =>
  /^file:(?:\/\/(?=\/))?((?!\/\/).+)$/.exec(url)?.[1];

/** Where the spool is: `off`, `file:` and a directory, or the URL of a PostgreSQL database. */
export const SpoolUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'spoolUrl',
    validator: {
      validate: (url: unknown) => url === 'off' || faultOf(url as string) === undefined,
      defaultMessage: (fault) => `$property must ${faultOf(fault?.value as string) ?? ''}`,
    },
  });

function faultOf(url: string): string | undefined {
  if (isPostgresUrl(url)) return databaseFault(url);
  const directory = spoolDirectory(url);
  if (directory === undefined || directory === '//') {
    return 'be off, file: and a directory, as in file:/var/lib/sprayproxy, or a URL as postgres://user@host/database';
  }
  return LOOKS_REPLACED.test(directory)
    ? 'name its directory as it is: nothing replaces ~, $NAME, quotes, white space around it or what a URL may hold'
    : undefined;
}

function databaseFault(url: string): string | undefined {
  const parsed = parsePostgresUrl(url);
  if (typeof parsed === 'string') return parsed;
  return parsed.files.every(isReadableFile)
    ? undefined
    : 'name files that this process can read as its sslrootcert, sslcert and sslkey';
}

/** The path of a file with a password in its first line. */
export const PasswordFile = (): PropertyDecorator =>
  ValidateBy({
    name: 'passwordFile',
    validator: {
      validate: (path: unknown) => {
        try {
          // One that is no file, a named pipe, say, might keep whoever opens it waiting.
          return isReadableFile(path as string) && readPasswordFile(path as string) !== '';
        } catch {
          return false;
        }
      },
      defaultMessage: () =>
        '$property must name a file that this process can read, with the password in its first line',
    },
  });

/** What a PostgreSQL URL says, as `pg` reads it. */
export interface PostgresUrl {
  /** A name or address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly hasPassword: boolean;
  /** What it wants of TLS; `undefined`: none is spoken. */
  readonly sslmode: string | undefined;
  /** Files of TLS that it names. */
  readonly files: readonly string[];
}

/** Of libpq's, those that are understood; `allow` would begin without. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];
const SSL_FILES = ['sslrootcert', 'sslcert', 'sslkey'];

const NO_HOST = 'no-host.invalid';

/** Whether it means to be one. */
export const isPostgresUrl = (text: string): boolean => /^postgres(ql)?:\/\//.test(text);

/** Reads it; a text that is none gives what it must do instead, which shows nothing of it. */
export function parsePostgresUrl(text: string): PostgresUrl | string {
  if (/\$[({]\w+[)}]/.test(text)) return 'hold values: nothing replaces $(NAME)';
  const url = urlOf(text);
  if (url === undefined) {
    return 'be a URL of one host, as in postgres://user@host:5432/database, with what is special in it written as %40';
  }
  if (url.hash !== '' || text.endsWith('#')) return 'have no fragment; # in a password is written %23';
  const named = (name: string) => url.searchParams.get(name) ?? '';
  const host =
    named('host') || decodeURIComponent(url.hostname.replace(NO_HOST, '').replace(/^\[(.*)\]$/, '$1'));
  if (host === '' || host.includes(',')) {
    return 'name one host, or the directory of a socket, as in postgres://user@host/database or ?host=/run/postgresql';
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '' || database.includes('/')) {
    return 'name one database, as in postgres://user@host/database';
  }
  if (url.username === '' && named('user') === '') return 'name a user, as in postgres://user@host/database';
  const sslmode = url.searchParams.get('sslmode') ?? undefined;
  if (sslmode !== undefined && !SSL_MODES.includes(sslmode)) {
    return `have one of these as its sslmode: ${SSL_MODES.join(', ')}`;
  }
  if (sslmode === 'verify-ca' && named('sslrootcert') === '') {
    return 'name with sslmode=verify-ca the authority, as in sslrootcert=/etc/db/ca.pem; verify-full trusts the known ones';
  }
  return {
    host,
    port: Number(named('port') || url.port || 5432),
    database,
    hasPassword: url.password !== '' || named('password') !== '',
    sslmode,
    files: SSL_FILES.map(named).filter((file) => file !== ''),
  };
}

/** Where a database is, without who asks for it: fit to be shown. @param url one that can be used */
export function shownDatabase(url: string): string {
  const parsed = parsePostgresUrl(url);
  if (typeof parsed === 'string') throw new Error('no PostgreSQL URL');
  const { host, port, database } = parsed;
  const place = host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `postgres://${place}/${database}`;
}

/** With a user, a URL has to have a host; that of a socket does not. */
function urlOf(text: string): URL | undefined {
  try {
    // The URL parser would silently strip white space and control characters.
    if (/[\s\p{Cc}]/u.test(text)) return undefined;
    const url = new URL(text.replace('@/', `@${NO_HOST}/`));
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part);
    return url;
  } catch {
    return undefined;
  }
}

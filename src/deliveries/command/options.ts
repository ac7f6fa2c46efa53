import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';

import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { commandOptions } from '../../config/command-options.js';
import { UsageError } from '../../config/usage-error.js';
import { ownAddress } from '../../http/own-address.js';
import { LIST_PARAMETERS, MAX_LIMIT, parseId } from '../list-query.js';
import { CommandError } from './command-error.js';
import { CONNECTION_USAGE, FILTER_OPTIONS, SHOWING_OPTIONS } from './common-options.js';
import { parseUrl } from '../../model/parse-url.js';

/** The filters that are handed on as they are. */
const FILTERS = LIST_PARAMETERS.filter((name) => name !== 'limit' && name !== 'cursor');

const DEFAULT_LIMIT = 50;

/** Whom to ask. */
export interface Connection {
  /** Where the service is, without a slash at the end. */
  readonly url: string;
  readonly token?: string;
}

export interface CommandOptions extends Connection {
  /** Id of the one delivery to show. */
  readonly id?: string;
  readonly filters: Readonly<Record<string, string>>;
  /** Deliveries to show at most. */
  readonly limit: number;
  readonly json: boolean;
  readonly help: boolean;
}

/**
 * @param args what follows `deliveries`
 * @param environment that of the service
 * @throws UsageError, CommandError
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): CommandOptions {
  const { values, positionals } = parsed(args);
  const { limit, json = false, help = false } = values;
  const filters: Record<string, string> = {};
  for (const name of FILTERS) {
    const value = values[name];
    if (value !== undefined) filters[name] = value;
  }
  const [id, ...others] = positionals;
  if (others.length > 0) throw new UsageError('give one id at most');
  if (id !== undefined && (limit !== undefined || Object.keys(filters).length > 0)) {
    throw new UsageError('give an id or filters, not both');
  }
  if (id !== undefined && parseId(id) === undefined)
    throw new UsageError('there is no such command, and an id is a number: see --help');
  return {
    ...(help ? { url: '' } : connectionOf(values, environment)),
    ...(id !== undefined && { id }),
    filters,
    limit: limit === undefined ? DEFAULT_LIMIT : parseLimit(limit),
    json,
    help,
  };
}

/** @throws UsageError, CommandError */
export function connectionOf(
  values: { readonly url?: string | undefined; readonly 'token-file'?: string | undefined },
  environment: NodeJS.ProcessEnv,
): Connection {
  const { url, 'token-file': tokenFile } = values;
  return {
    url: baseOf(url ?? serviceUrl(environment)),
    ...(tokenFile !== undefined && { token: readToken(tokenFile) }),
  };
}

/** Where a service of this environment listens on this host. */
function serviceUrl(environment: NodeJS.ProcessEnv): string {
  const { serverHost, serverPort: port } = SprayproxyConfig.read(environment).config;
  if (port === 0)
    throw new CommandError('SPRAYPROXY_SERVER_PORT=0 is any free port: say with --url which it is');
  const address = ownAddress(serverHost);
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

const parsed = (args: readonly string[]) =>
  commandOptions({
    args: [...args],
    allowPositionals: true,
    options: { ...SHOWING_OPTIONS, ...FILTER_OPTIONS, limit: { type: 'string' } },
  });

function baseOf(text: string): string {
  if (parseUrl(text) === undefined || !/^https?:\/\//i.test(text)) {
    throw new UsageError('--url must begin with http:// or https://');
  }
  return text.replace(/\/+$/, '');
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError('--limit must be a whole number from 1 to 999999');
  return Number(text);
}

function readToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(
      `the token file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`,
    );
  }
  // Anything else could not be sent in a header.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CommandError('the token file does not hold a token');
  return token;
}

export const USAGE = `Usage: sprayproxy deliveries [options]
       sprayproxy deliveries [options] <id>
       sprayproxy deliveries <command> --help

Lists what became of deliveries, newest first; or shows one with every attempt that is kept.

${CONNECTION_USAGE}
  --state <state>       owed, dead, accepted, rejected or filtered at some backend
  --backend <backend>   URL or host of a backend
  --guid <guid>         GUID that GitHub shows under Recent Deliveries
  --event <event>       such as pull_request
  --repository <name>   owner/name
  --since <time>        2006-01-02T15:04:05Z, or a duration back such as 1h30m
  --limit <number>      deliveries to show at most [${DEFAULT_LIMIT}], read ${MAX_LIMIT} at a time
  --json                prints JSON
  --help                shows this

Commands, each with a --help of its own:

  backends              how each backend fares, what it is owed, and which are paused
  resend, discard       of many deliveries at once, by the filters above
  operations, cancel    what was done to many of late; ends it
  pause, resume         a backend, while its cluster is worked on

Exit code: 0 here they are, 1 they cannot be had, 2 it was called wrongly.
`;

import { printable } from '../../model/printable.js';

export const GITHUB_FAULTS = [
  'key',
  'clock',
  'unauthorized',
  'suspended',
  'forbidden',
  'not-found',
  'rate-limited',
  'gone',
  'unavailable',
  'slow',
  'unreachable',
] as const;
export type GithubFaultReason = (typeof GITHUB_FAULTS)[number];

/** GitHub was asked, and what came is of no use. The message says what to do where somebody can. */
export class GithubFault extends Error {
  constructor(
    readonly reason: GithubFaultReason,
    message: string,
    /** How long GitHub wants to be left alone, in ms. */
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
}

const MAX_SAID = 200;

/** GitHub asks for that much where it does not say how long. */
const LIMITED_MS = 60_000;

/** What octokit throws, as far as it tells anything. */
interface Thrown {
  readonly status?: number;
  readonly message?: string;
  readonly name?: string;
  readonly cause?: unknown;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

/** @param now ms since the epoch */
export function faultOf(error: unknown, now: number): GithubFault {
  const { status, message = '', response } = error as Thrown;
  if (response === undefined || status === undefined) return unanswered(error as Thrown);
  const said = `${status}: ${printable(message, MAX_SAID)}`;
  const retryAfterMs = retryAfter(response.headers, now);
  const isLimited = status === 429 || /\brate limit\b/i.test(message) || remaining(response.headers) === 0;
  if ((status === 403 || status === 429) && isLimited)
    return new GithubFault(
      'rate-limited',
      `GitHub wants fewer requests (${said})`,
      retryAfterMs === 0 ? LIMITED_MS : retryAfterMs,
    );
  switch (status) {
    case 401:
      return /\b(exp|iat)\b/.test(message)
        ? new GithubFault('clock', `the clock of this host is wrong, as GitHub sees it (${said}): set it`)
        : new GithubFault(
            'unauthorized',
            `GitHub does not know the App by this key (${said}): see that GH_APP_ID is its id, and GH_APP_PRIVATE_KEY_FILE a key that is listed there`,
          );
    case 403:
      return /suspended/i.test(message)
        ? new GithubFault('suspended', `the App is suspended (${said}): its owner can end that`)
        : new GithubFault('forbidden', `the App may not do that (${said})`);
    case 404:
      return new GithubFault(
        'not-found',
        `there is no such App, or it has no webhook (${said}): see that GH_APP_ID and SPRAYPROXY_GITHUB_API_URL are of one GitHub`,
      );
    case 400:
    case 410:
    case 422:
      return new GithubFault('gone', `GitHub has it no more (${said})`);
    default:
      return new GithubFault('unavailable', `GitHub is in trouble (${said})`, retryAfterMs);
  }
}

function unanswered({ name, message = '', cause }: Thrown): GithubFault {
  const why = reasonIn(cause) ?? message;
  return name === 'TimeoutError' || /timeout/i.test(why)
    ? new GithubFault('slow', 'GitHub does not answer in time')
    : new GithubFault('unreachable', `GitHub cannot be reached (${printable(why, MAX_SAID)})`);
}

/** What lies at the bottom. */
function reasonIn(error: unknown): string | undefined {
  if (!(typeof error === 'object' && error !== null)) return undefined;
  const { code, message, cause } = error as NodeJS.ErrnoException;
  // Where several addresses were tried, there is no message.
  return reasonIn(cause) ?? (message === '' ? code : message);
}

type Headers = Readonly<Record<string, string | number | undefined>>;

const remaining = (headers: Headers): number => Number(headers['x-ratelimit-remaining'] ?? NaN);

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function retryAfter(headers: Headers, now: number): number {
  const seconds = Number(headers['retry-after'] ?? NaN);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset'] ?? NaN);
  return remaining(headers) === 0 && Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) : 0;
}

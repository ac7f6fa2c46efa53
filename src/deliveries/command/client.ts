import { UsageError } from '../../config/usage-error.js';
import { printable } from '../../model/printable.js';
import { type DeliveryList, type DeliverySummary, type DeliveryView } from '../delivery-view.js';
import { MAX_LIMIT } from '../list-query.js';
import { CommandError } from './command-error.js';
import { type CommandOptions, type Connection } from './options.js';

/** A page takes the service some ms. */
const TIMEOUT_MS = 30_000;

const MAX_REASON = 200;

/** What the service says itself where it answers 404. */
const NOT_THERE: readonly string[] = [
  'no such delivery',
  'no such operation',
  'backend server not found in the list',
  'backend is not paused',
];

export const NOT_OURS = 'this is not the answer of Sprayproxy';

/**
 * Asks page by page until there are as many as wanted, or no more.
 * @throws CommandError, UsageError: the service does not take one of the filters
 */
export async function list(options: CommandOptions): Promise<DeliveryList> {
  const deliveries: DeliverySummary[] = [];
  let next: string | null = null;
  do {
    const query = new URLSearchParams(options.filters);
    query.set('limit', String(Math.min(MAX_LIMIT, options.limit - deliveries.length)));
    if (next !== null) query.set('cursor', next);
    const page = (await get(options, `/deliveries?${query.toString()}`)) as Partial<DeliveryList>;
    if (!Array.isArray(page.deliveries)) throw new CommandError(NOT_OURS);
    deliveries.push(...(page.deliveries as readonly DeliverySummary[]));
    next = page.next ?? null;
  } while (next !== null && deliveries.length < options.limit);
  return { deliveries, next };
}

/** @throws CommandError, UsageError */
export async function show(options: CommandOptions, id: string): Promise<DeliveryView> {
  return (await get(options, `/deliveries/${encodeURIComponent(id)}`)) as DeliveryView;
}

const get = (connection: Connection, target: string): Promise<unknown> => ask(connection, { target });

/**
 * The JSON that a request is answered with.
 * @throws CommandError, UsageError: the service does not take what was given
 */
export async function ask(
  { url, token }: Connection,
  {
    method = 'GET',
    target,
    body,
    timeoutMs = TIMEOUT_MS,
  }: {
    readonly method?: 'GET' | 'POST' | 'DELETE';
    readonly target: string;
    readonly body?: object;
    readonly timeoutMs?: number;
  },
): Promise<unknown> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url + target, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        Accept: 'application/json',
        ...(method !== 'GET' && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      // A token is for nobody else.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    ({ status } = response);
    text = await response.text();
  } catch (error) {
    throw new CommandError(`cannot reach ${url}: ${whyNot(error)}`);
  }
  if (status === 400) throw new UsageError(printable(text.trim(), MAX_REASON));
  if (status !== 200 && status !== 202) throw new CommandError(reasonOf(status, text));
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(NOT_OURS);
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code === 'ECONNREFUSED') return 'connection refused';
  return cause?.code ?? cause?.message ?? error.message;
}

/** What the answer to a request that failed means to the user. */
export function reasonOf(status: number, text: string): string {
  switch (status) {
    case 401:
      return '401: not authenticated; give a valid token with --token-file';
    case 403:
      return '403: this token may not use /deliveries in that way';
    case 404:
      return NOT_THERE.includes(text)
        ? text
        : '404: /deliveries is not served there; set SPRAYPROXY_SERVER_ENABLE_DELIVERIES=true';
    case 409:
      return printable(text.trim(), MAX_REASON);
    default:
      return `${status}: ${printable(text.trim(), MAX_REASON)}`;
  }
}

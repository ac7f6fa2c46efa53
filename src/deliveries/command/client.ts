import { UsageError } from '../../config/usage-error.js';
import { printable } from '../../model/printable.js';
import { type DeliveryList, type DeliverySummary, type DeliveryView } from '../delivery-view.js';
import { MAX_LIMIT } from '../list-query.js';
import { CommandError } from './command-error.js';
import { type CommandOptions, type Service } from './options.js';

/** A page takes the service some ms. */
const TIMEOUT_MS = 30_000;

const MAX_REASON = 200;

/** What the service says itself where it answers 404. */
const NOT_THERE: readonly string[] = [
  'no such delivery',
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

const get = (service: Service, target: string): Promise<unknown> => ask(service, target);

/** What is asked for, if it is no GET. */
interface Asked {
  readonly method: 'POST' | 'DELETE';
  /** To be sent as JSON. */
  readonly body: object;
}

/** @throws CommandError, UsageError */
export async function ask({ url, token }: Service, target: string, asked?: Asked): Promise<unknown> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url + target, {
      ...(asked !== undefined && { method: asked.method, body: JSON.stringify(asked.body) }),
      headers: {
        Accept: 'application/json',
        ...(asked !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      // A token is for nobody else.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    ({ status } = response);
    text = await response.text();
  } catch (error) {
    throw new CommandError(`cannot reach ${url}: ${whyNot(error)}`);
  }
  if (status === 400) throw new UsageError(printable(text.trim(), MAX_REASON));
  if (status !== 200) throw new CommandError(reasonOf(status, text));
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
      return '403: this token may not read /deliveries';
    case 404:
      return NOT_THERE.includes(text)
        ? text
        : '404: /deliveries is not served there; set SPRAYPROXY_SERVER_ENABLE_DELIVERIES=true';
    default:
      return `${status}: ${printable(text.trim(), MAX_REASON)}`;
  }
}

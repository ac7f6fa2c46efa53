import { Backend } from '../model/backend.js';
import { parseBackendUrl } from '../model/backend-url.js';
import { parseGoDurationMs } from '../config/go-values.js';
import { type DeliveryFilter } from '../model/delivery-filter.js';
import { SHOWN_STATES, type ShownState } from '../model/forward.js';
import { invalid, parametersOf } from './parameters.js';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;

/** What GET `/deliveries` is asked for. */
export interface ListQuery extends DeliveryFilter {
  readonly limit: number;
  /** Only deliveries with an id below it. */
  readonly before: number;
}

export const LIST_PARAMETERS = [
  'state',
  'backend',
  'guid',
  'event',
  'repository',
  'since',
  'limit',
  'cursor',
] as const;

/** @see RFC 3339 section 5.6; a zone is required. */
export const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * Reads the query of GET `/deliveries`.
 * @param target path and query of the request as they came
 * @param now ms since the epoch
 * @throws SprayproxyError `invalid-request`
 */
export function parseListQuery(target: string, now: number): ListQuery {
  const { state, backend, guid, event, repository, since, limit, cursor } = parametersOf(
    target,
    LIST_PARAMETERS,
  );
  return {
    ...(state !== undefined && { state: parseState(state) }),
    ...(backend !== undefined && { backend: parseBackend(backend) }),
    ...(guid !== undefined && { guid }),
    ...(event !== undefined && { event }),
    ...(repository !== undefined && { repository: repository.toLowerCase() }),
    ...(since !== undefined && { since: parseSince(since, now) }),
    limit: limit === undefined ? DEFAULT_LIMIT : parseLimit(limit),
    before: cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(cursor),
  };
}

function parseState(text: string): ShownState {
  const state = SHOWN_STATES.find((known) => known === text);
  return state ?? invalid(`state must be one of ${SHOWN_STATES.join(', ')}`);
}

function parseBackend(text: string): string {
  if (text.includes('://')) return backendKey(text, 'backend');
  return /^[\w.:[\]-]+$/.test(text) ? text.toLowerCase() : invalid('backend must be a URL or a host');
}

/**
 * The key of the backend with a URL.
 * @throws SprayproxyError `invalid-request`
 */
export function backendKey(text: string, name: string): string {
  const url = parseBackendUrl(text);
  return typeof url === 'string' ? invalid(url.replace(/^url/, name)) : new Backend(url, 'registered').key;
}

function parseSince(text: string, now: number): number {
  const back = parseGoDurationMs(text);
  if (back !== undefined) return now - back;
  // A plus sign that was not encoded has become a space.
  const dateTime = text.replace(/ (?=\d\d:\d\d$)/, '+');
  const since = DATE_TIME.test(dateTime) ? Date.parse(dateTime) : NaN;
  return Number.isNaN(since)
    ? invalid('since must be a time such as 2006-01-02T15:04:05Z, or a duration back such as 1h30m')
    : since;
}

function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT
    ? limit
    : invalid(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
}

const parseCursor = (text: string): number => parseId(text) ?? invalid('cursor must be the next of a list');

/** An id as clients know it; `undefined`: no delivery can have it. */
export function parseId(text: string): number | undefined {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}

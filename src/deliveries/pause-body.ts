import { parseGoDurationMs } from '../config/go-values.js';
import { parseJsonObject } from '../http/json-object.js';
import { backendKey, DATE_TIME } from './list-query.js';
import { invalid } from './parameters.js';

/** A backend that is to be sent nothing for longer is unregistered. */
export const MAX_PAUSE_MS = 365 * 24 * 3_600_000;

export const MAX_REASON_LENGTH = 200;

/** Body of POST `/deliveries/backends/pause`. */
export interface PauseBody {
  /** Key of the backend. */
  readonly backend: string;
  /** Ms since the epoch. */
  readonly until?: number;
  readonly reason?: string;
}

/**
 * Reads the raw body as a JSON object, whatever its content type says.
 * @param now ms since the epoch
 * @throws SprayproxyError `invalid-json-body`, `invalid-request`
 */
export function parsePauseBody(raw: unknown, now: number): PauseBody {
  const { backend, for: duration, until, reason, ...others } = parseJsonObject(raw);
  if (Object.keys(others).length > 0)
    invalid('the body may have backend, for, until and reason, nothing else');
  if (duration !== undefined && until !== undefined) invalid('give for or until, not both');
  const end =
    duration !== undefined ? now + durationOf(duration) : until !== undefined ? untilOf(until) : undefined;
  if (end !== undefined && (end <= now || end > now + MAX_PAUSE_MS))
    invalid('a pause must end in the future, and within a year');
  return {
    backend: keyOf(backend),
    ...(end !== undefined && { until: end }),
    ...(reason !== undefined && { reason: reasonOf(reason) }),
  };
}

/**
 * The backend that a DELETE is about: named by its body, or by `?backend=` where a load balancer has dropped the body.
 * @throws SprayproxyError `invalid-json-body`, `invalid-request`
 */
export function pausedBackend(raw: unknown, parameter: string | undefined): string {
  const hasBody = Buffer.isBuffer(raw) && raw.length > 0;
  const named = parameter === undefined ? undefined : keyOf(parameter);
  if (named !== undefined && !hasBody) return named;
  const { backend, ...others } = parseJsonObject(raw);
  if (Object.keys(others).length > 0) invalid('the body may have backend, nothing else');
  const key = keyOf(backend);
  if (named !== undefined && named !== key) invalid('backend must be the same in the query and in the body');
  return key;
}

const keyOf = (value: unknown): string =>
  typeof value === 'string' ? backendKey(value, 'backend') : invalid('backend must be a URL');

function durationOf(value: unknown): number {
  const ms = typeof value === 'string' ? parseGoDurationMs(value) : undefined;
  return ms ?? invalid('for must be a duration such as 2h');
}

function untilOf(value: unknown): number {
  const ms = typeof value === 'string' && DATE_TIME.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? invalid('until must be a time such as 2006-01-02T15:04:05Z') : ms;
}

function reasonOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') invalid('reason must be a text');
  return value.length > MAX_REASON_LENGTH
    ? invalid(`reason is longer than ${MAX_REASON_LENGTH} characters`)
    : value;
}

export interface RetryLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Delay before attempt `n`, in ms: uniform in [0, min(maxMs, minMs * 2^(n-2))]; a longer `retryAfterMs` wins, up to maxMs.
 * @param random from 0 to 1
 * @throws RangeError if n < 2.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (full jitter)
 */
export function retryDelayMs(
  n: number,
  { minMs, maxMs }: RetryLimits,
  random: number,
  retryAfterMs = 0,
): number {
  if (n < 2) throw new RangeError(`attempt ${n} is no retry`);
  const longestMs = Math.min(maxMs, minMs * 2 ** (n - 2));
  return Math.min(maxMs, Math.max(random * longestMs, retryAfterMs));
}

/**
 * What a `Retry-After` header asks for, in ms from `now`; `undefined` if it is neither seconds nor a date.
 * @see RFC 9110 section 10.2.3
 */
export function parseRetryAfterMs(header: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

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

/**
 * What a `Retry-After` header asks for, in ms from `now`; `undefined` if it is neither seconds nor a date.
 * @see RFC 9110 section 10.2.3
 */
export function parseRetryAfterMs(header: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

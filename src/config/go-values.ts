const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, micro sign
  μs: 1e-3, // U+03BC, Greek letter mu
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION_PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/**
 * A boolean as Go's `strconv.ParseBool` reads it; `undefined` for anything else.
 * @see https://pkg.go.dev/strconv#ParseBool
 */
export function parseGoBoolean(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}

/**
 * A duration as Go's `time.ParseDuration` reads it (`10s`, `1m30s`, `500ms`, `0`), in ms;
 * `undefined` for anything else, a bare number other than 0 and a negative duration included.
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDurationMs(text: string): number | undefined {
  const unsigned = text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0;
  let ms = 0;
  let consumed = 0;
  for (const [part, amount, unit] of unsigned.matchAll(DURATION_PART)) {
    ms += Number(amount) * (MS_PER_UNIT[unit as string] as number);
    consumed += part.length;
  }
  return consumed > 0 && consumed === unsigned.length ? ms : undefined;
}

/** Writes a value with what it is counted in, at the largest step that it reaches. */
type Format = (value: number) => string;

/** Three digits are as many as a picture is read by. */
const round = (value: number): string => String(Number(value.toPrecision(3)));

const scaled =
  (...steps: (readonly [size: number, suffix: string])[]): Format =>
  (value) => {
    const [size, suffix] = steps.findLast(([from]) => Math.abs(value) >= from) ?? [1, ''];
    return `${round(value / size)}${suffix}`;
  };

const count = scaled([1, ''], [1e3, ' K'], [1e6, ' Mil']);

const FORMATS: Readonly<Record<string, Format>> = {
  s: scaled([1e-6, ' µs'], [1e-3, ' ms'], [1, ' s'], [60, ' min'], [3600, ' h'], [86_400, ' d']),
  bytes: scaled([1, ' B'], [1024, ' KiB'], [1024 ** 2, ' MiB'], [1024 ** 3, ' GiB']),
  percentunit: (value) => `${round(value * 100)} %`,
  reqps: (value) => `${count(value)} req/s`,
  cps: (value) => `${count(value)} c/s`,
  short: count,
};

/**
 * A value as Grafana writes it.
 * @param unit one of those that the dashboards use.
 * @throws if it is another one.
 */
export function formatValue(value: number, unit: string | undefined): string {
  const format = FORMATS[unit ?? ''];
  if (format === undefined) throw new Error(`a unit no picture knows: ${String(unit)}`);
  return format(value);
}

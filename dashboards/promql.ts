/** Which series a dashboard draws: those of the program that its variables name. */
const SELECTED = ['namespace="$namespace"', 'job="$job"', 'pod=~"$pod"'];

/** A metric, narrowed by the dashboard's variables and by `matchers`, as `status=~"5.."`. */
export function series(metric: string, ...matchers: string[]): string {
  return `${metric}{${[...SELECTED, ...matchers].join(', ')}}`;
}

/** Per second. */
export function rate(metric: string, ...matchers: string[]): string {
  return `rate(${series(metric, ...matchers)}[$__rate_interval])`;
}

/** @param labels separated by commas; none: all in one. */
export function sumBy(labels: string, expression: string): string {
  return labels === '' ? `sum(${expression})` : `sum by (${labels}) (${expression})`;
}

export function maxBy(labels: string, expression: string): string {
  return `max by (${labels}) (${expression})`;
}

/**
 * The value that a share of the observations, `quantile` of 1, stayed below.
 * @param labels by which histograms are kept apart, separated by commas.
 */
export function quantileOf(quantile: number, histogram: string, labels = '', ...matchers: string[]): string {
  const by = ['le', labels].filter((label) => label !== '').join(', ');
  return `histogram_quantile(${quantile}, ${sumBy(by, rate(`${histogram}_bucket`, ...matchers))})`;
}

/** What a histogram counted between one point and the next, by bucket. */
export function bucketsOf(histogram: string, ...matchers: string[]): string {
  return sumBy('le', `increase(${series(`${histogram}_bucket`, ...matchers)}[$__rate_interval])`);
}

/**
 * `part` of `whole`, from 0 to 1; nothing where `whole` is 0.
 * A part that was never counted has no series, and is 0 nevertheless.
 */
export function shareOf(part: string, whole: string, labels = ''): string {
  const all = sumBy(labels, whole);
  return `(${sumBy(labels, part)} or 0 * ${all}) / (${all} > 0)`;
}

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Samples that Prometheus would have if it had been running longer: one a minute. */
export interface Past {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Minutes before now, the earlier first. */
  readonly minutesAgo: readonly [from: number, to: number];
  /** Of the sample `n`. */
  readonly value: (n: number) => number;
}

/**
 * Writes them into the data of a Prometheus that has not started yet, as `promtool` backfills.
 * @see https://prometheus.io/docs/prometheus/latest/storage/#backfilling-from-openmetrics-format
 */
export function writeHistory(directory: string, past: readonly Past[]): void {
  const now = Math.floor(Date.now() / 1000);
  const lines = past.flatMap(({ metric, labels, minutesAgo: [from, to], value }) =>
    Array.from({ length: from - to + 1 }, (_, n) => {
      const series = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
      return `${metric}{${series.join(',')}} ${value(n)} ${now - (from - n) * 60}`;
    }),
  );
  const file = join(directory, 'history.txt');
  writeFileSync(file, [...lines, '# EOF', ''].join('\n'));
  const { status, stderr } = spawnSync(
    'promtool',
    ['tsdb', 'create-blocks-from', 'openmetrics', file, join(directory, 'data')],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
}

import { type FactoryProvider } from '@nestjs/common';
import { collectDefaultMetrics, type Metric, register } from 'prom-client';

import { metricProviders } from '../../../src/metrics/providers.js';

/** What Prometheus adds to every sample it scrapes in a cluster. */
const SCRAPE_LABELS = ['namespace', 'job', 'pod', 'instance'];

/** Suffixes of the series that a metric of this type has, and the labels that only those have. */
const SERIES: Readonly<Record<string, readonly [string, readonly string[]][]>> = {
  counter: [['', []]],
  gauge: [['', []]],
  histogram: [
    ['_bucket', ['le']],
    ['_sum', []],
    ['_count', []],
  ],
};

/** The labels of every series that the program exposes, by name of the series. */
export function knownSeries(): ReadonlyMap<string, ReadonlySet<string>> {
  for (const { useFactory } of metricProviders as FactoryProvider[]) (useFactory as () => unknown)();
  collectDefaultMetrics();
  const metrics = register.getMetricsAsArray() as unknown as (Metric & {
    name: string;
    type: string;
    labelNames: readonly string[];
  })[];
  return new Map(
    metrics.flatMap(({ name, type, labelNames }) =>
      (SERIES[type] ?? []).map(([suffix, labels]): [string, ReadonlySet<string>] => [
        name + suffix,
        new Set([...SCRAPE_LABELS, ...labelNames, ...labels]),
      ]),
    ),
  );
}

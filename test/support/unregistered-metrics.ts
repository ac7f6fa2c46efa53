import { Counter, Gauge, Histogram } from 'prom-client';

/** Metrics for a class under test: real ones that no registry knows. */
export const newCounter = (...labelNames: string[]): Counter =>
  new Counter({ name: 'counter', help: '-', labelNames, registers: [] });

export const newGauge = (...labelNames: string[]): Gauge =>
  new Gauge({ name: 'gauge', help: '-', labelNames, registers: [] });

export const newHistogram = (...labelNames: string[]): Histogram =>
  new Histogram({ name: 'histogram', help: '-', labelNames, registers: [] });

/** The samples of a metric, as `name{label="value"}` and its value. */
export async function samplesOf(metric: Counter | Gauge | Histogram): Promise<Record<string, number>> {
  const { name, values } = await metric.get();
  return Object.fromEntries(
    values.map((sample) => {
      const labels = Object.entries(sample.labels).map(([label, value]) => `${label}="${String(value)}"`);
      const metricName = 'metricName' in sample ? String(sample.metricName) : name;
      return [labels.length === 0 ? metricName : `${metricName}{${labels.join()}}`, sample.value];
    }),
  );
}

import { type DataPanel } from '../../manifests/support/dashboard-schema.js';
import { interpolate } from '../../manifests/support/interpolate.js';
import { type Prometheus } from '../../monitoring/support/prometheus.js';
import { type Frame, type Series } from './frame.js';

/** What a reader of the dashboard has chosen. */
export interface Choice {
  variables: Readonly<Record<string, string>>;
  /** In seconds; `start` and `end` since the epoch. */
  time: { start: number; end: number; stepSeconds: number };
}

/** Asks Prometheus what the panel asks it. */
export async function frameOf(panel: DataPanel, prometheus: Prometheus, choice: Choice): Promise<Frame> {
  const series: Series[] = [];
  for (const { expr, legendFormat = '', instant = false } of panel.targets) {
    const expression = interpolate(expr, choice.variables);
    const range = instant ? { ...choice.time, start: choice.time.end } : choice.time;
    for (const { metric, values } of await prometheus.queryRange(expression, range))
      series.push({
        legend: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
        labels: metric,
        points: values.map(([at, value]): [number, number] => [at * 1000, value]),
      });
  }
  const { start, end, stepSeconds } = choice.time;
  return { panel, series, time: { start: start * 1000, end: end * 1000, step: stepSeconds * 1000 } };
}

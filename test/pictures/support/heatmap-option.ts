import { type EChartsOption } from 'echarts';

import { base, BELOW, LEFT, valueLabel } from './axes.js';
import { formatValue } from './format-value.js';
import { type Frame, type PanelOfType } from './frame.js';

/** Grafana's scheme "Oranges". */
const ORANGES = ['#fee6ce', '#fdd0a2', '#fdae6b', '#fd8d3c', '#f16913', '#d94801', '#8c2d04'];

/** How many observations fell into each bucket, over time. */
export function heatmapOption({ panel, series, time }: Frame<PanelOfType<'heatmap'>>): EChartsOption {
  const buckets = series.toSorted((a, b) => bound(a.legend) - bound(b.legend));
  const columns = Math.round((time.end - time.start) / time.step) + 1;
  const cells = buckets.flatMap(({ points }, row) => {
    // A bucket counts what the ones below it count, too.
    const below = new Map(buckets[row - 1]?.points);
    return points.flatMap(([at, value]): [number, number, number][] => {
      const count = value - (below.get(at) ?? 0);
      return count > 0 ? [[Math.round((at - time.start) / time.step), row, count]] : [];
    });
  });
  return {
    ...base,
    grid: { left: LEFT, right: 10, top: 10, bottom: BELOW },
    xAxis: {
      type: 'category',
      data: Array.from({ length: columns }, (_, n) => clock(time.start + n * time.step)),
      axisTick: { show: false },
      axisLabel: {
        ...valueLabel,
        interval: (column: number) => (time.start + column * time.step) % MINUTE === 0,
        showMaxLabel: false,
      },
    },
    yAxis: {
      type: 'category',
      data: buckets.map(({ legend }) =>
        legend === '+Inf' ? '+Inf' : formatValue(bound(legend), panel.options.yAxis.unit),
      ),
      axisTick: { show: false },
      axisLabel: valueLabel,
    },
    visualMap: {
      show: false,
      min: 0,
      // A few are to be seen beside many.
      max: Math.sqrt(Math.max(1, ...cells.map(([, , count]) => count))),
      dimension: 2,
      inRange: { color: ORANGES },
    },
    series: {
      type: 'heatmap',
      data: cells.map(([column, row, count]) => [column, row, Math.sqrt(count)]),
      itemStyle: { borderWidth: 0.5, borderColor: '#fff' },
    },
  };
}

const MINUTE = 60_000;

const bound = (le: string): number => (le === '+Inf' ? Infinity : Number(le));

const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);

import { type EChartsOption, type SeriesOption } from 'echarts';

import { base, BELOW, LEFT, timeAxis, valueLabel } from './axes.js';
import { formatValue } from './format-value.js';
import { type Frame, type PanelOfType, type Size } from './frame.js';
import { legend } from './legend.js';
import { GRID } from './look.js';
import { lookOf } from './series-look.js';
import { stepsOf } from './threshold-color.js';

/** Lines or stacked areas over time, with the thresholds of the panel where it draws them. */
export function graphOption(frame: Frame<PanelOfType<'timeseries'>>, size: Size): EChartsOption {
  const { panel, series } = frame;
  const { unit, min, max, custom } = panel.fieldConfig.defaults;
  const looks = series.map((one, index) => lookOf(panel, one, index));
  const entries = series.map(({ legend: text }, index) => ({ text, color: looks[index]?.color ?? '' }));
  const foot = legend(entries, size.width - 2 * MARGIN);
  const stacked = custom?.stacking?.mode === 'normal';
  const bottom = foot.height + BELOW;
  const lowest = min === undefined ? undefined : (value: { min: number }) => Math.min(min, value.min);
  return {
    ...base,
    grid: { left: LEFT, right: MARGIN, top: MARGIN, bottom: bottom + MARGIN / 2 },
    xAxis: timeAxis(frame),
    yAxis: {
      type: 'value',
      ...(lowest && { min: lowest }),
      ...(max !== undefined && { max }),
      splitNumber: 4,
      splitLine: { lineStyle: { color: GRID } },
      axisLabel: { ...valueLabel, formatter: (value: number) => formatValue(value, unit) },
    },
    graphic: foot.elements(size.height - foot.height - MARGIN / 2, MARGIN),
    series: series.map(({ points }, index): SeriesOption => {
      const { color, fill, dashed } = looks[index] as (typeof looks)[number];
      return {
        type: 'line',
        ...(stacked && { stack: 'A' }),
        data: points,
        showSymbol: points.length === 1,
        lineStyle: { width: 1.5, color, type: dashed ? 'dashed' : 'solid' },
        itemStyle: { color },
        ...(fill > 0 && { areaStyle: { color, opacity: fill } }),
        ...(index === 0 && { markLine: thresholdLines(panel) }),
      };
    }),
  };
}

/** px */
const MARGIN = 10;

function thresholdLines(panel: PanelOfType<'timeseries'>) {
  const drawn = panel.fieldConfig.defaults.custom?.thresholdsStyle?.mode === 'dashed';
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    data: (drawn ? stepsOf(panel) : []).flatMap(({ value, color }) =>
      value === null ? [] : [{ yAxis: value, lineStyle: { color, type: 'dashed' as const, width: 1.5 } }],
    ),
  };
}

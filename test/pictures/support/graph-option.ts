import { type EChartsOption, type SeriesOption } from 'echarts';

import { base, BELOW, LEFT, timeAxis, valueLabel } from './axes.js';
import { formatValue } from './format-value.js';
import { type Frame, lastValue, type PanelOfType, type Series, type Size } from './frame.js';
import { interval } from './interval.js';
import { legendTable, type Line } from './legend-table.js';
import { GRID } from './look.js';
import { lookOf } from './series-look.js';
import { stepsOf } from './threshold-color.js';
import { thresholdGradient } from './threshold-gradient.js';

/** Lines or stacked bars over time, with the thresholds of the panel where it draws them. */
export function graphOption(frame: Frame<PanelOfType<'timeseries'>>, size: Size): EChartsOption {
  const { panel, series } = frame;
  const { unit, max, custom } = panel.fieldConfig.defaults;
  const looks = series.map((one, index) => lookOf(panel, one, index));
  const foot = legendTable(['Last', 'Max'], linesOf(frame, looks), size.width - 2 * MARGIN);
  const stacked = custom?.stacking?.mode === 'normal';
  const bottom = foot.height + BELOW;
  const [lowest, highest] = extent(series, stacked);
  const step = interval(highest - lowest, unit);
  const axis = {
    min: Math.floor(lowest / step) * step,
    max: max ?? Math.ceil(highest / step) * step,
  };
  const below = bottom + MARGIN / 2;
  const gradient = thresholdGradient(stepsOf(panel), {
    highest: axis.max,
    lowest: axis.min,
    top: MARGIN,
    bottom: size.height - below,
  });
  return {
    ...base,
    grid: { left: LEFT, right: MARGIN, top: MARGIN, bottom: below },
    xAxis: timeAxis(frame),
    yAxis: {
      type: 'value',
      ...axis,
      interval: step,
      splitLine: { lineStyle: { color: GRID } },
      axisLabel: { ...valueLabel, formatter: (value: number) => formatValue(value, unit) },
    },
    graphic: foot.elements(size.height - foot.height - MARGIN / 2, MARGIN),
    series: series.map(({ points }, index): SeriesOption => {
      const { color: plain, fill, dashed } = looks[index] as (typeof looks)[number];
      const color = custom?.gradientMode === 'scheme' ? gradient : plain;
      if (custom?.drawStyle === 'bars')
        return {
          type: 'bar',
          stack: 'A',
          data: everyStep(frame, points),
          barCategoryGap: '20%',
          itemStyle: { color, opacity: fill },
        };
      return {
        type: 'line',
        data: points,
        showSymbol: points.length === 1,
        lineStyle: { width: 1.5 * (custom?.lineWidth ?? 1), color, type: dashed ? 'dashed' : 'solid' },
        itemStyle: { color },
        ...(fill > 0 && { areaStyle: { color, opacity: fill } }),
        ...(index === 0 && { markLine: thresholdLines(panel) }),
      };
    }),
  };
}

/** What the table below says of each series, the largest last value first. */
function linesOf(
  { panel, series }: Frame<PanelOfType<'timeseries'>>,
  looks: readonly { color: string }[],
): Line[] {
  const { unit } = panel.fieldConfig.defaults;
  const known = series.map((one, index) => ({
    text: one.legend,
    color: looks[index]?.color ?? '',
    last: lastValue(one) ?? 0,
    max: Math.max(...one.points.map(([, value]) => value).filter(Number.isFinite)),
  }));
  return known
    .sort((one, other) => other.last - one.last)
    .map(({ text, color, last, max }) => ({
      text,
      color,
      values: [last, max].map((value) => formatValue(value, unit)),
    }));
}

/** ECharts puts bars onto each other by their place in the list, so there must be a value for every step. */
function everyStep({ time }: Frame, points: Series['points']): Series['points'] {
  const values = new Map(points);
  const steps = Math.round((time.end - time.start) / time.step) + 1;
  return Array.from({ length: steps }, (_, n) => {
    const at = time.start + n * time.step;
    return [at, values.get(at) ?? 0];
  });
}

/** The lowest and the highest value to be drawn: of each series, or of all of them on top of each other. */
function extent(series: readonly Series[], stacked: boolean): [lowest: number, highest: number] {
  const points = series.flatMap((one) => one.points).filter(([, value]) => Number.isFinite(value));
  const sums = new Map<number, number>();
  for (const [at, value] of points) sums.set(at, (sums.get(at) ?? 0) + value);
  const values = stacked ? [...sums.values()] : points.map(([, value]) => value);
  return [Math.min(0, ...values), Math.max(0, ...values)];
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

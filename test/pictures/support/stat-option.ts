import { type EChartsOption } from 'echarts';

import { base } from './axes.js';
import { formatValue } from './format-value.js';
import { type Frame, lastValue, type PanelOfType, type Size } from './frame.js';
import { FONT, INK, textWidth } from './look.js';
import { mappingOf } from './mappings.js';
import { thresholdColor } from './threshold-color.js';

/** px */
const LARGEST = 28;

/** One number in the color of its threshold, over the line it comes from. */
export function statOption({ panel, series, time }: Frame<PanelOfType<'stat'>>, size: Size): EChartsOption {
  const [first] = series;
  const { unit, noValue = 'No data' } = panel.fieldConfig.defaults;
  const value = first && lastValue(first);
  const text = value === undefined ? noValue : (mappingOf(panel, value)?.text ?? formatValue(value, unit));
  const color = value === undefined ? INK : (thresholdColor(panel, value) ?? INK);
  const fontSize = Math.min(LARGEST, (LARGEST * (size.width - 30)) / textWidth(text, LARGEST));
  return {
    ...base,
    grid: { left: 0, right: 0, top: '60%', bottom: 0 },
    xAxis: { type: 'time', min: time.start, max: time.end, show: false },
    yAxis: { type: 'value', min: 0, show: false },
    series: {
      type: 'line',
      data: first?.points ?? [],
      showSymbol: false,
      lineStyle: { color, width: 1 },
      areaStyle: { color, opacity: 0.2 },
    },
    graphic: {
      type: 'text',
      x: size.width / 2,
      y: size.height * 0.42,
      style: {
        text,
        fill: color,
        align: 'center',
        verticalAlign: 'middle',
        font: `600 ${fontSize.toFixed(1)}px ${FONT}`,
      },
    },
  };
}

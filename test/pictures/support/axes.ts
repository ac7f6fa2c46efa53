import { type EChartsOption } from 'echarts';

import { type Frame } from './frame.js';
import { FAINT, FONT, GRID, SMALL } from './look.js';

const label = { color: FAINT, fontFamily: FONT, fontSize: SMALL };

/** px that the labels of the axes take. */
export const LEFT = 64;
export const BELOW = 24;

export const base: EChartsOption = { animation: false, textStyle: { fontFamily: FONT } };

/** Time, in hours and minutes. */
export function timeAxis({ time: { start, end } }: Frame) {
  return {
    type: 'time' as const,
    min: start,
    max: end,
    splitNumber: 4,
    axisLine: { lineStyle: { color: GRID } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: GRID } },
    axisLabel: {
      ...label,
      formatter: '{HH}:{mm}',
      hideOverlap: true,
      showMinLabel: false,
      showMaxLabel: false,
    },
  };
}

export const valueLabel = label;

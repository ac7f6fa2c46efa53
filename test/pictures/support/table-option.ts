import { type EChartsOption } from 'echarts';

import { base } from './axes.js';
import { type Frame, type PanelOfType, type Size } from './frame.js';
import { FAINT, FONT, INK, SMALL } from './look.js';

const LINE = 26;

/** A line for each series, a column for each of its labels. */
export function tableOption({ series }: Frame<PanelOfType<'table'>>, size: Size): EChartsOption {
  const columns = Object.keys(series[0]?.labels ?? {});
  const rows = [columns, ...series.map(({ labels }) => columns.map((column) => labels[column] ?? ''))];
  const width = (size.width - 20) / columns.length;
  return {
    ...base,
    graphic: rows.flatMap((row, line) =>
      row.map((text, column) => ({
        type: 'text' as const,
        x: 14 + column * width,
        y: 8 + line * LINE,
        style: { text, fill: line === 0 ? FAINT : INK, font: `${SMALL + 1}px ${FONT}` },
      })),
    ),
  };
}

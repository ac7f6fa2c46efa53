import { type CustomSeriesOption, type EChartsOption } from 'echarts';

import { base, BELOW, timeAxis, valueLabel } from './axes.js';
import { type Frame, type PanelOfType, type Series, type Size } from './frame.js';
import { legend } from './legend.js';
import { textWidth } from './look.js';
import { mappingOf, type State } from './mappings.js';

interface Stretch {
  state: State;
  from: number;
  to: number;
}

/** A bar for each series, in the color of the state it is in. */
export function timelineOption(frame: Frame<PanelOfType<'state-timeline'>>, size: Size): EChartsOption {
  const { panel, series, time } = frame;
  const rows = series.toReversed();
  const stretches = rows.map((row) => stretchesOf(panel, row, time.step));
  const states = new Map(stretches.flat().map(({ state }) => [state.text, state]));
  const foot = legend([...states.values()], size.width);
  const left = 20 + Math.max(...rows.map((row) => textWidth(row.legend)));
  const bars = stretches.flatMap((row, index) =>
    row.map(({ state, from, to }) => ({ value: [from, to, index], itemStyle: { color: state.color } })),
  );
  const bar: CustomSeriesOption['renderItem'] = (_, api) => {
    const [x = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
    const [end = 0] = api.coord([api.value(1), api.value(2)]);
    const [, band = 0] = (api.size?.([0, 1]) ?? []) as number[];
    const height = band * panel.options.rowHeight;
    return {
      type: 'rect',
      shape: { x, y: y - height / 2, width: end - x, height },
      style: { fill: api.visual('color') as string, opacity: 0.8 },
    };
  };
  return {
    ...base,
    grid: { left, right: 10, top: 6, bottom: BELOW + foot.height + 5 },
    xAxis: timeAxis(frame),
    yAxis: {
      type: 'category',
      data: rows.map((row) => row.legend),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...valueLabel, interval: 0 },
    },
    graphic: foot.elements(size.height - foot.height - 5, 10),
    series: { type: 'custom', renderItem: bar, data: bars, encode: { x: [0, 1], y: 2 } },
  };
}

/** Neighbors in the same state, as one; a gap in the data ends it. */
function stretchesOf(panel: PanelOfType<'state-timeline'>, { points }: Series, step: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [at, value] of points) {
    const state = mappingOf(panel, value);
    if (state === undefined) continue;
    const last = stretches.at(-1);
    if (last?.state.text === state.text && last.to >= at) last.to = at + step;
    else stretches.push({ state, from: at, to: at + step });
  }
  return stretches;
}

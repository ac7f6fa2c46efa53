import { lastValue, type PanelOfType, type Series } from './frame.js';
import { colorNamed, shadeOf } from './palette.js';
import { thresholdColor } from './threshold-color.js';

export interface Look {
  color: string;
  /** 0 to 1 */
  fill: number;
  dashed: boolean;
}

/** How a series is drawn: as the panel says for all, and by its overrides for this one. */
export function lookOf(panel: PanelOfType<'timeseries'>, series: Series, index: number): Look {
  const { defaults, overrides } = panel.fieldConfig;
  const { legend } = series;
  const look: Look = {
    color: defaultColor(panel, series, index),
    fill: (defaults.custom?.fillOpacity ?? 0) / 100,
    dashed: false,
  };
  for (const { matcher, properties } of overrides) {
    if (!matches(matcher, legend)) continue;
    for (const { id, value } of properties as { id: string; value: unknown }[]) {
      if (id === 'color') look.color = colorNamed((value as { fixedColor: string }).fixedColor);
      if (id === 'custom.fillOpacity') look.fill = Number(value) / 100;
      if (id === 'custom.lineStyle') look.dashed = true;
    }
  }
  return look;
}

/** @throws if colors are told apart in a way that no picture knows. */
function defaultColor(panel: PanelOfType<'timeseries'>, series: Series, index: number): string {
  const { mode, fixedColor = '' } = panel.fieldConfig.defaults.color ?? { mode: 'none' };
  if (mode === 'shades') return shadeOf(colorNamed(fixedColor), index);
  const color = mode === 'thresholds' ? thresholdColor(panel, lastValue(series) ?? 0) : undefined;
  if (color === undefined) throw new Error(`a color mode no picture knows: ${mode}`);
  return color;
}

function matches({ id, options }: { id: string; options?: unknown }, legend: string): boolean {
  if (id === 'byName') return options === legend;
  if (id === 'byRegexp') return new RegExp(String(options).slice(1, -1)).test(legend);
  throw new Error(`a matcher no picture knows: ${id}`);
}

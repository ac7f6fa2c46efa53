import { type Series } from './frame.js';
import { type PanelOfType } from './frame.js';
import { classicColor, colorNamed } from './palette.js';

export interface Look {
  color: string;
  /** 0 to 1 */
  fill: number;
  dashed: boolean;
}

/** How a series is drawn: as the panel says for all, and by its overrides for this one. */
export function lookOf(panel: PanelOfType<'timeseries'>, { legend }: Series, index: number): Look {
  const { defaults, overrides } = panel.fieldConfig;
  const look: Look = {
    color: classicColor(index),
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

function matches({ id, options }: { id: string; options?: unknown }, legend: string): boolean {
  if (id === 'byName') return options === legend;
  if (id === 'byRegexp') return new RegExp(String(options).slice(1, -1)).test(legend);
  throw new Error(`a matcher no picture knows: ${id}`);
}

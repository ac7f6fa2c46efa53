import { type DynamicConfigValue, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { type PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { BAD } from './colors.js';

/** Colors of the series whose legend is, or matches as a whole, one of the keys. */
export function colored(panel: PanelBuilder, colors: Readonly<Record<string, string>>) {
  for (const [pattern, color] of Object.entries(colors))
    panel.overrideByRegexp(`/^(.* )?${pattern}$/`, fixedColor(color));
  return panel;
}

/** Draws the series of that legend as a red line without an area: what the others must stay below. */
export function withCeiling(panel: PanelBuilder, legend: string): PanelBuilder {
  return panel.overrideByName(legend, [
    ...fixedColor(BAD),
    { id: 'custom.fillOpacity', value: 0 },
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
  ]);
}

/** Properties of a series that is always drawn in one color. */
function fixedColor(color: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } }];
}

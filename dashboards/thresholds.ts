import { type Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Threshold,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { BAD, GOOD, WARNING } from './colors.js';

/** Values from which on a panel warns, and from which on somebody has to do something. */
export function limits(warning: number, bad: number): Builder<ThresholdsConfig> {
  return steps({ value: null, color: GOOD }, { value: warning, color: WARNING }, { value: bad, color: BAD });
}

/** Good below `value`, bad from it on. */
export const limit = (value: number): Builder<ThresholdsConfig> => from(value, BAD);

/** Good below `value`, in that color from it on. */
export function from(value: number, color: string): Builder<ThresholdsConfig> {
  return steps({ value: null, color: GOOD }, { value, color });
}

/** The other way round. */
export function atLeast(value: number): Builder<ThresholdsConfig> {
  return steps({ value: null, color: BAD }, { value, color: GOOD });
}

function steps(...thresholds: Threshold[]): Builder<ThresholdsConfig> {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(thresholds);
}

/** Draws thresholds as lines. */
export function withLimits(panel: PanelBuilder, thresholds: Builder<ThresholdsConfig>): PanelBuilder {
  return withLines(panel.thresholds(thresholds));
}

/** Draws the thresholds that a panel has as lines. */
export function withLines(panel: PanelBuilder): PanelBuilder {
  return panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

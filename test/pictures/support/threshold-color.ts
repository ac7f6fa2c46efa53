import { type DataPanel } from '../../manifests/support/dashboard-schema.js';
import { colorNamed } from './palette.js';

export interface Step {
  /** From where on; nothing: from below everything. */
  value: number | null;
  color: string;
}

export function stepsOf(panel: DataPanel): Step[] {
  const steps = panel.fieldConfig.defaults.thresholds?.steps ?? [];
  return steps.map(({ value, color }) => ({ value, color: colorNamed(color) }));
}

/** The color of the highest threshold that a value has reached. */
export const thresholdColor = (panel: DataPanel, reached: number): string | undefined =>
  stepsOf(panel).findLast(({ value }) => value === null || reached >= value)?.color;

import { type Step } from './threshold-color.js';

interface Scale {
  /** Values at the upper and the lower end of the axis, and where those are, in px from the top of the panel. */
  highest: number;
  lowest: number;
  top: number;
  bottom: number;
}

/** A color for each place: that of the threshold which its value has reached. */
export function thresholdGradient(steps: readonly Step[], { highest, lowest, top, bottom }: Scale) {
  const offset = (value: number): number =>
    Math.min(1, Math.max(0, (highest - value) / (highest - lowest || 1)));
  const colorStops = steps.toReversed().flatMap(({ value, color }, index, reversed) => {
    const above = index === 0 ? 0 : offset(reversed[index - 1]?.value ?? lowest);
    return [
      { offset: above, color },
      { offset: value === null ? 1 : offset(value), color },
    ];
  });
  return { type: 'linear' as const, global: true, x: 0, x2: 0, y: top, y2: bottom, colorStops };
}

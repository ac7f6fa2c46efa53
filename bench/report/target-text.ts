import { type MeasuredTarget } from '../targets/measure.js';
import { figureText } from './figure-columns.js';

/** `≥ 0.6 × floor`, what was measured, how far its rounds lie apart, and whether that meets it. */
export function targetCells({
  target,
  unit,
  limit,
  atLeast,
  measured,
  range,
  met,
}: MeasuredTarget): string[] {
  const wanted = `${atLeast ? '≥' : '≤'} ${withUnit(figureText(limit), unit)}`;
  if (measured === null || met === null) return [target, wanted, 'not measured', '', ''];
  const missedBy = withUnit(figureText(Math.abs(measured - limit)), unit);
  return [
    target,
    wanted,
    withUnit(figureText(measured), unit),
    range === null ? '' : rangeText(range),
    met ? 'met' : `missed by ${missedBy}`,
  ];
}

/** Empty where there is but one value. */
export const rangeText = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? '' : `${figureText(min)} to ${figureText(max)}`;

const withUnit = (text: string, unit: string): string => (unit === '' ? text : `${text} ${unit}`);

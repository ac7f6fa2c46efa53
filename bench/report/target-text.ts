import { type MeasuredTarget } from '../targets.js';
import { figureText } from './figure-columns.js';

/** `≥ 0.6 × floor`, what was measured, and whether that meets it. */
export function targetCells({ target, unit, limit, atLeast, measured, met }: MeasuredTarget): string[] {
  const wanted = `${atLeast ? '≥' : '≤'} ${withUnit(figureText(limit), unit)}`;
  if (measured === null || met === null) return [target, wanted, 'not measured', ''];
  const missedBy = withUnit(figureText(Math.abs(measured - limit)), unit);
  return [target, wanted, withUnit(figureText(measured), unit), met ? 'met' : `missed by ${missedBy}`];
}

const withUnit = (text: string, unit: string): string => (unit === '' ? text : `${text} ${unit}`);

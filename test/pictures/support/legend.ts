import { FONT, INK, SMALL, textWidth } from './look.js';

const LINE = 16;
const MARK = 14;
const GAP = 12;
/** The third. */
const LAST = 2;

export interface Entry {
  text: string;
  color: string;
}

/**
 * Places a legend at the foot of a panel, and tells how many px it takes. Where it has too many lines, Grafana scrolls;
 * here it says how many entries are missing.
 * @param width px
 */
export function legend(entries: readonly Entry[], width: number) {
  let x = 0;
  let line = 0;
  const placed = entries.map((entry) => {
    const needs = MARK + textWidth(entry.text) + GAP;
    if (x > 0 && x + needs > width) {
      x = 0;
      line += 1;
    }
    const at = { ...entry, x, line };
    x += needs;
    return at;
  });
  const shown = placed.filter((entry) => entry.line <= LAST);
  const last = shown.at(-1);
  if (shown.length < placed.length && last !== undefined)
    shown.splice(-1, 1, { ...last, text: `and ${placed.length - shown.length + 1} more`, color: 'none' });
  const height = (Math.min(line, LAST) + 1) * LINE;
  const elements = (top: number, left: number) =>
    shown.flatMap(({ text, color, x: offset, line: row }) => [
      {
        type: 'rect' as const,
        shape: { x: left + offset, y: top + row * LINE + 4, width: 10, height: 4 },
        style: { fill: color },
      },
      {
        type: 'text' as const,
        x: left + offset + MARK,
        y: top + row * LINE,
        style: { text, fill: INK, font: `${SMALL}px ${FONT}` },
      },
    ]);
  return { height, elements };
}

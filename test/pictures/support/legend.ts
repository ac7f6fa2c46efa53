import { FONT, INK, SMALL, textWidth } from './look.js';

const LINE = 16;
const MARK = 14;
const GAP = 12;

export interface Entry {
  text: string;
  color: string;
}

/** Places a legend at the foot of a panel, and tells how many px it takes. */
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
  const height = (line + 1) * LINE;
  const elements = (top: number, left: number) =>
    placed.flatMap(({ text, color, x: offset, line: row }) => [
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

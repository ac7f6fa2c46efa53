import { FAINT, FONT, INK, SMALL, textWidth } from './look.js';

const LINE = 16;
const MARK = 14;
const COLUMN = 72;
/** As many as leave room for the graph. */
const MOST = 4;

export interface Line {
  text: string;
  color: string;
  /** What stands in the columns. */
  values: string[];
}

/**
 * Places a table at the foot of a panel, and tells how many px it takes. Where it has too many lines, Grafana scrolls; here the last
 * says how many are missing.
 * @param width px
 */
export function legendTable(headings: readonly string[], lines: readonly Line[], width: number) {
  const missing = lines.length - MOST;
  const shown =
    missing > 0
      ? [...lines.slice(0, MOST - 1), { text: `and ${missing + 1} more`, color: 'none', values: [] }]
      : lines;
  const height = (shown.length + 1) * LINE;
  const room = width - MARK - headings.length * COLUMN;
  const elements = (top: number, left: number) => [
    ...cells(headings, top, left + width, FAINT),
    ...shown.flatMap(({ text, color, values }, line) => {
      const y = top + (line + 1) * LINE;
      return [
        {
          type: 'rect' as const,
          shape: { x: left, y: y + 4, width: 10, height: 4 },
          style: { fill: color },
        },
        label(cut(text, room), { x: left + MARK, y, align: 'left', fill: INK }),
        ...cells(values, y, left + width, INK),
      ];
    }),
  ];
  return { height, elements };
}

/** In columns that end at `right`. */
const cells = (texts: readonly string[], y: number, right: number, fill: string) =>
  texts.map((text, column) =>
    label(text, { x: right - (texts.length - 1 - column) * COLUMN, y, align: 'right', fill }),
  );

function label(text: string, at: { x: number; y: number; align: 'left' | 'right'; fill: string }) {
  const { x, y, align, fill } = at;
  return { type: 'text' as const, x, y, style: { text, fill, align, font: `${SMALL}px ${FONT}` } };
}

/** Whatever has no room ends in dots. */
function cut(text: string, room: number): string {
  const fits = Math.floor(room / textWidth('a'));
  return text.length <= fits ? text : `${text.slice(0, fits - 1)}…`;
}

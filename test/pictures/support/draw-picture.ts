import { drawPanel } from './draw-panel.js';
import { type Frame } from './frame.js';
import { FONT, GRID, INK, PAPER } from './look.js';

/** px of the picture, and of one of Grafana's 24 columns and lines. */
const WIDTH = 1080;
const COLUMN = WIDTH / 24;
const LINE = 30;
const GAP = 4;
const TITLE = 24;
const HEADING = 26;

/** A row of a dashboard: its heading and its panels. */
export interface PictureRow {
  title: string;
  frames: Frame[];
}

/** Rows of a dashboard, one below the other, placed as Grafana places them; a picture of its own, as SVG. */
export function drawPicture(rows: readonly PictureRow[]): string {
  let top = 0;
  const parts: string[] = [];
  for (const { title, frames } of rows) {
    parts.push(text(title, { x: GAP * 2, y: top + HEADING - 8, size: 14, weight: 600 }));
    const first = Math.min(...frames.map(({ panel }) => panel.gridPos?.y ?? 0));
    let bottom = 0;
    for (const frame of frames) {
      const { x, y, w, h } = frame.panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
      parts.push(
        framed(frame, {
          x: x * COLUMN,
          y: top + HEADING + (y - first) * LINE,
          width: w * COLUMN,
          height: h * LINE,
        }),
      );
      bottom = Math.max(bottom, (y - first + h) * LINE);
    }
    top += HEADING + bottom;
  }
  const height = top + GAP;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="${FONT}">
<rect width="100%" height="100%" fill="${PAPER}"/>
${parts.join('\n')}
</svg>
`;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function framed(frame: Frame, box: Box): string {
  const x = box.x + GAP;
  const y = box.y + GAP;
  const width = box.width - 2 * GAP;
  const height = box.height - 2 * GAP;
  const inner = drawPanel(frame, { width, height: height - TITLE });
  return `<g transform="translate(${x} ${y})">
<rect width="${width}" height="${height}" rx="2" fill="#fff" stroke="${GRID}"/>
${text(frame.panel.title ?? '', { x: 10, y: 17, size: 12, weight: 600 })}
<g transform="translate(0 ${TITLE})">${inner}</g>
</g>`;
}

function text(content: string, at: { x: number; y: number; size: number; weight: number }): string {
  return `<text x="${at.x}" y="${at.y}" font-size="${at.size}" font-weight="${at.weight}" fill="${INK}">${escaped(content)}</text>`;
}

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

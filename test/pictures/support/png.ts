import { execFileSync } from 'node:child_process';

/** Pixels of the picture for each of the drawing, so that it can be read on a fine screen. */
const ZOOM = 1.5;

/** Few enough for a small file; graphs have flat colors. */
const COLORS = 64;

/**
 * A drawing as a picture, by the Debian packages librsvg2-bin and pngquant.
 * @throws if one of them is missing.
 */
export function pngOf(svg: string): Buffer {
  const drawn = execFileSync('rsvg-convert', ['--format=png', `--zoom=${ZOOM}`], {
    input: svg,
    maxBuffer: 16 * 1024 * 1024,
  });
  return execFileSync('pngquant', [String(COLORS), '--strip', '-'], { input: drawn });
}

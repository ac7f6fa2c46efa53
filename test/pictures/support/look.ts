/** Of the Debian package fonts-dejavu-core. */
export const FONT = 'DejaVu Sans, sans-serif';
export const INK = '#24292e';
export const FAINT = '#6e7681';
export const GRID = '#e4e7ea';
export const PAPER = '#f4f5f5';

/** px */
export const SMALL = 11;

/** Estimated, in px: nothing here can measure text. */
export const textWidth = (text: string, fontSize = SMALL): number => text.length * fontSize * 0.6;

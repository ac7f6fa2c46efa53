import { printable } from '../../model/printable.js';

export const MAX_CELL = 256;

/** What came over the network is made safe for a terminal. */
export const cell = (value: string | number | undefined): string =>
  value === undefined || value === '' ? '-' : printable(String(value), MAX_CELL);

/** Columns as wide as their widest cell, two spaces between. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    });
  }
  return rows
    .map(
      (row) =>
        row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('');
}

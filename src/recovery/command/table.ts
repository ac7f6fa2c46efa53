import { printable } from '../../model/printable.js';
import { type FailedDelivery } from '../failed-delivery.js';

const MAX_CELL = 100;
const HEAD = ['FAILED AT', 'GUID', 'EVENT', 'STATUS'];

/** What GitHub could not deliver, a line each. */
export function failedTable(deliveries: readonly FailedDelivery[]): string {
  const rows = deliveries.map(({ first, latest }) => [
    new Date(first.at).toISOString(),
    printable(first.guid, MAX_CELL),
    printable(first.event, MAX_CELL),
    String(latest.status),
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [HEAD, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const WIDTH = 30;

/** To be written over by the next. */
export function progressBar(done: number, all: number): string {
  const full = Math.round((WIDTH * done) / Math.max(1, all));
  return `\r[${'#'.repeat(full)}${' '.repeat(WIDTH - full)}] ${done} of ${all}`;
}

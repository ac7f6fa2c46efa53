import { printable } from '../model/printable.js';
import { CHECK_NAMES, CHECK_STATUSES, type CheckResult } from './check-result.js';

const MAX_CELL = 512;
const MS_WIDTH = '60000.0 ms'.length;
const STATUS_WIDTH = longest(CHECK_STATUSES);
const CHECK_WIDTH = longest(CHECK_NAMES);

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}

/** A line for a result, whose first columns stand below each other whatever comes later; another for what to do. */
export function resultLine(result: CheckResult): string {
  const { status, durationMs, check, subject, detail } = result;
  const cells = [
    status.padEnd(STATUS_WIDTH),
    `${durationMs.toFixed(1)} ms`.padStart(MS_WIDTH),
    check.padEnd(CHECK_WIDTH),
    `${printable(subject, MAX_CELL)}: ${printable(detail, MAX_CELL)}`,
  ];
  const line = `${cells.join('  ')}\n`;
  if (result.status === 'ok') return line;
  const indent = ' '.repeat(STATUS_WIDTH + MS_WIDTH + CHECK_WIDTH + 6);
  return `${line}${indent}-> ${printable(result.advice, MAX_CELL)}\n`;
}

export function summaryLine(results: readonly CheckResult[]): string {
  const count = (status: string, word: string) => {
    const number = results.filter((result) => result.status === status).length;
    return `${number} ${word}${number === 1 ? '' : 's'}`;
  };
  return `\n${count('ok', 'check')} ok, ${count('warning', 'warning')}, ${count('fault', 'fault')}\n`;
}

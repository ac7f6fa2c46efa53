import { documentedVariables } from '../src/config/environment-variables.js';

const TABLE = /(?<=<!-- variables -->\n\n)[^]*?(?=\n\n<!-- \/variables -->)/;

/** A page with the table of every environment variable in it, as the program declares them. */
export function withConfigurationTable(page: string): string {
  if (!TABLE.test(page)) throw new Error('the page has no place for the table');
  const rows = [...documentedVariables].map(([name, { default: standard, effect }]) => [
    `\`${name}\``,
    standard === undefined ? 'none' : `\`${standard}\``,
    // What looks like an HTML tag would not be seen.
    effect.replaceAll('|', '\\|').replaceAll('<', '\\<'),
  ]);
  return page.replace(TABLE, () => table([['variable', 'default', 'effect'], ...rows]));
}

/** As the formatter has it: all cells of a column equally wide. */
function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
}

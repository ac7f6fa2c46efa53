export interface Column {
  readonly title: string;
  /** Stands above the titles of all neighbouring columns that share it. */
  readonly group?: string;
  readonly align: 'left' | 'right';
}

const GAP = '  ';

/** Text table: groups, titles, a rule, the rows, a rule, the total. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  total: readonly string[],
): string {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, at) =>
    Math.max(...[titles, ...rows, total].map((cells) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, at) => {
        const [text = '', width = 0] = [cells[at], widths[at]];
        return align === 'left' ? text.padEnd(width) : text.padStart(width);
      })
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('-'.repeat(GAP.length));
  return [groupLine(columns, widths), line(titles), rule, ...rows.map(line), rule, line(total)].join('\n');
}

/** Each group's name, at the right end of the columns it spans. */
function groupLine(columns: readonly Column[], widths: readonly number[]): string {
  const spans: { group: string; width: number }[] = [];
  for (const [at, { group = '' }] of columns.entries()) {
    const [last, width = 0] = [spans.at(-1), widths[at]];
    if (last?.group === group) last.width += GAP.length + width;
    else spans.push({ group, width });
  }
  return spans
    .map(({ group, width }) => group.padStart(width))
    .join(GAP)
    .trimEnd();
}

export const grouped = (value: number): string => value.toLocaleString('en-US');

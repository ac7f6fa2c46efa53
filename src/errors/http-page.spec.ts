import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Answer, ANSWERS } from './sprayproxy-exception.filter.js';

/** Without an error of this program: nothing is served there; a fault. */
const OTHERS: readonly Answer[] = [
  { status: 404, text: '404 page not found' },
  { status: 500, text: 'internal error' },
];

const rowOf = ({ status, text, retryAfterSeconds }: Answer): string =>
  [status, text === undefined ? 'the reason' : `\`${text}\``, retryAfterSeconds ?? ''].join(' | ');

it('the table of docs/http.md has every answer that says no, and no other', () => {
  const [, section = ''] = readFileSync(join(__dirname, '../../docs/http.md'), 'utf8').split(
    '## When the answer is no\n',
  );
  const [table = ''] = section.trimStart().split('\n\n');
  const rows = table
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, 4)
        .map((cell) => cell.trim())
        .join(' | '),
    );
  expect(rows.sort()).toEqual([...new Set([...Object.values(ANSWERS), ...OTHERS].map(rowOf))].sort());
});

import { type CopyCount } from './copy-spool.js';
import { progressOn } from './progress.js';

const count = (copied: number, total: number): CopyCount => ({
  total,
  copied,
  there: 0,
  renumbered: 0,
  interrupted: 0,
  damaged: [],
  bytes: copied * 1024 ** 2,
  backends: 0,
});

function shown(isTTY: boolean, ...counts: CopyCount[]): string {
  let text = '';
  const show = progressOn({ isTTY, write: (more: string) => (text += more) });
  for (const each of counts) show(each);
  return text;
}

it('is a bar on a terminal, that ends its line', () => {
  expect(shown(true, count(0, 2), count(1, 2), count(2, 2))).toBe(
    `\r[${' '.repeat(30)}] 0 of 2 deliveries, 0.0 MiB copied` +
      `\r[${'#'.repeat(15)}${' '.repeat(15)}] 1 of 2 deliveries, 1.0 MiB copied` +
      `\r[${'#'.repeat(30)}] 2 of 2 deliveries, 2.0 MiB copied\n`,
  );
});

it('is at most eleven lines elsewhere', () => {
  const all = Array.from({ length: 1001 }, (_none, copied) => count(copied, 1000));
  const lines = shown(false, ...all)
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('1000 of 1000 deliveries, 1000.0 MiB copied');
});

it('is over at once where there is nothing', () => {
  expect(shown(false, count(0, 0))).toBe('0 of 0 deliveries, 0.0 MiB copied\n');
});

import { legendTable } from './legend-table.js';

const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ text: `series ${n}`, color: '#000', values: ['1', '2'] }));
const texts = (count: number, width = 300) =>
  legendTable(['Last', 'Max'], lines(count), width)
    .elements(0, 0)
    .flatMap(({ style }) => ('text' in style ? [style.text] : []));

it('has a line for each series below its headings', () => {
  expect(texts(2)).toEqual(['Last', 'Max', 'series 0', '1', '2', 'series 1', '1', '2']);
  expect([1, 2, 4].map((count) => legendTable(['Last'], lines(count), 300).height)).toEqual([32, 48, 80]);
});

it('has four lines at most, and says how many are missing', () => {
  expect(texts(4)).toContain('series 3');
  expect(texts(7).slice(-4)).toEqual(['series 2', '1', '2', 'and 4 more']);
  expect(legendTable(['Last'], lines(7), 300).height).toBe(80);
});

it('cuts a name that has no room', () => {
  expect(texts(1, 200)).toEqual(['Last', 'Max', 'serie…', '1', '2']);
});

import { legend } from './legend.js';

const entries = (count: number) =>
  Array.from({ length: count }, () => ({ text: 'a'.repeat(20), color: '#000' }));
const texts = (count: number) =>
  legend(entries(count), 340)
    .elements(0, 0)
    .flatMap(({ style }) => ('text' in style ? [style.text] : []));

it('takes a line for every two entries of half its width', () => {
  expect([1, 2, 3].map((count) => legend(entries(count), 340).height)).toEqual([16, 16, 32]);
});

it('has three lines at most, and says how many entries are missing', () => {
  expect(texts(6).at(-1)).toBe('a'.repeat(20));
  expect(texts(7)).toHaveLength(6);
  expect(texts(7).at(-1)).toBe('and 2 more');
  expect(legend(entries(7), 340).height).toBe(48);
});

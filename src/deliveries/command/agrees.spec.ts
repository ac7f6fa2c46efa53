import { Readable } from 'node:stream';

import { agrees } from './agrees.js';

it.each<[string[], boolean, number]>([
  [['y\n'], true, 0],
  [['YES\n'], true, 0],
  [['n\n'], false, 0],
  [['\n'], false, 0],
  [[], false, 0],
  [['maybe\n', 'y\n'], true, 1],
  [['maybe\n'], false, 1],
])('who says %j agrees: %p, asked again %d times', async (answers, isSo, again) => {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text) };
  expect(await agrees(Readable.from(answers), output)).toBe(isSo);
  expect(written).toEqual(['Go on? [y/N] ', ...Array<string>(again).fill('Please say yes or no. [y/N] ')]);
});

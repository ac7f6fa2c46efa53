import { readFileSync } from 'node:fs';

import { groupRuns } from '../../bench/process/process-tree.js';
import { stopWholly } from '../../bench/process/until-gone.js';
import { Child } from '../../testing/child.js';
import { onCleanup } from '../support/cleanup.js';

/** Of the kernel, however long whoever must ask for it takes. */
const state = (pid: number): string | undefined => {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
};

it('a process is stopped when its descendants have ended too, asked for or not', async () => {
  const child = Child.start(['sh', '-c', 'sleep 60 & echo $!; wait']);
  onCleanup(() => child.stop());
  const descendant = await new Promise<number>((resolve) => {
    child.process.stdout?.once('data', (text: Buffer) => {
      resolve(Number(text.toString()));
    });
  });
  expect(groupRuns(child.pid)).toBe(true);

  await stopWholly(child);

  expect(groupRuns(child.pid)).toBe(false);
  expect([undefined, 'Z']).toContain(state(descendant));
});

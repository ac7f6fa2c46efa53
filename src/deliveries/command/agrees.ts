import { createInterface } from 'node:readline';

import { type Input, type Output } from '../../config/command-context.js';

/** Whether a user says yes; who says nothing does not. */
export async function agrees(input: Input, output: Output): Promise<boolean> {
  // Without raw mode: Ctrl-C ends the program as ever.
  const lines = createInterface({ input, terminal: false });
  try {
    output.write('Go on? [y/N] ');
    for await (const line of lines) {
      const answer = line.trim().toLowerCase();
      if (['y', 'yes'].includes(answer)) return true;
      if (['', 'n', 'no'].includes(answer)) return false;
      output.write('Please say yes or no. [y/N] ');
    }
    return false;
  } finally {
    lines.close();
  }
}

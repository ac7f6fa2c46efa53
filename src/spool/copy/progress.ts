import { type CopyCount } from './copy-spool.js';

const BAR_WIDTH = 30;
const MIB = 1024 ** 2;

/** Where there is no terminal, a line for each of so many parts of the whole. */
const LINES = 10;

interface Terminal {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Shows how far a copy is: as a bar on a terminal, else in lines. */
export function progressOn(output: Terminal): (count: CopyCount) => void {
  let shown = -1;
  return (count) => {
    const { total, copied, there, damaged, bytes } = count;
    const done = Math.min(total, copied + there + damaged.length);
    const share = total === 0 ? 1 : done / total;
    const step = Math.floor(share * (output.isTTY === true ? BAR_WIDTH * 10 : LINES));
    if (step === shown) return;
    shown = step;
    const text = `${done} of ${total} deliveries, ${(bytes / MIB).toFixed(1)} MiB copied`;
    if (output.isTTY !== true) {
      output.write(`${text}\n`);
      return;
    }
    const filled = Math.floor(share * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}]`;
    output.write(`\r${bar} ${text}${share === 1 ? '\n' : ''}`);
  };
}

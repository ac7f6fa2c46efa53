import { type Output } from '../../config/command-context.js';
import { printable } from '../../model/printable.js';
import { type OperationView } from '../operations/operation.js';

const BAR_WIDTH = 30;
const MAX_WAITING = 100;

/** Where there is no terminal, a line for each of so many parts of the whole. */
const LINES = 10;

/** Shows how far an operation is: as a bar on a terminal, else in lines. */
export class OperationProgress {
  #shown = '';
  #step = -1;

  constructor(private readonly output: Output) {}

  show({ state, done, total, waitingFor = [] }: OperationView): void {
    const share = total.forwards === 0 ? 0 : Math.min(1, done / total.forwards);
    const waiting = waitingFor.length === 0 ? '' : `, waiting for ${waitingFor.join(', ')}`;
    const text = `${done} of ${total.forwards} forwards${printable(waiting, MAX_WAITING)}`;
    if (this.output.isTTY === true) {
      const filled = Math.floor(share * BAR_WIDTH);
      this.#write(`\r[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${text}\x1b[K`);
      return;
    }
    const step = Math.floor(share * LINES);
    if (step === this.#step && waiting === '' && state === 'running') return;
    this.#step = step;
    this.#write(`${text}\n`);
  }

  /** What follows begins on a line of its own. */
  end(): void {
    if (this.output.isTTY === true && this.#shown !== '') this.output.write('\n');
  }

  #write(text: string): void {
    if (text === this.#shown) return;
    this.#shown = text;
    this.output.write(text);
  }
}

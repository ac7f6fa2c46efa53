import { isSmall } from './room-ledger.js';

/** Room for one payload, given back when the last of those who hold it has let go. */
export class Reservation {
  #holders = 1;

  constructor(
    private readonly giveBack: (bytes: number, small: boolean) => void,
    private bytes: number,
    private readonly small = isSmall(bytes),
  ) {}

  /** Gives back what turned out not to be needed. */
  shrinkTo(bytes: number): void {
    if (bytes === this.bytes) return;
    this.giveBack(this.bytes - bytes, this.small);
    this.bytes = bytes;
  }

  /** One more holder, who will `release` it too. */
  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.giveBack(this.bytes, this.small);
  }
}

import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Spool } from '../../spool/spool.js';

/** Deliveries read from the spool at a time. */
const AT_ONCE = 64;

/** Reads what is owed to one backend, oldest first, a few ahead. */
export class ReadAhead {
  #ahead: StoredDelivery[] = [];
  /** The last delivery that was read. */
  #upTo = 0;

  constructor(
    private readonly spool: Spool,
    private readonly backend: string,
  ) {}

  /** Whether a delivery would be missed, were it not read for once more. */
  hasPassed(id: number): boolean {
    return id <= this.#upTo;
  }

  startOver(): void {
    this.#ahead = [];
    this.#upTo = 0;
  }

  /** `undefined`: there is no more. @throws SprayproxyError `spool-failed` */
  async next(): Promise<StoredDelivery | undefined> {
    while (this.#ahead.length === 0) {
      const after = this.#upTo;
      const read = await this.spool.owedTo(this.backend, AT_ONCE, after);
      // Something older may have come to be owed meanwhile.
      if (after !== this.#upTo) continue;
      const last = read.at(-1);
      if (last === undefined) {
        this.startOver();
        return undefined;
      }
      this.#ahead = read;
      this.#upTo = last.delivery.id;
    }
    return this.#ahead.shift();
  }
}

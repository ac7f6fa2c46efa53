import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Spool } from '../../spool/spool.js';

/** Deliveries read from the spool at a time. */
const AT_ONCE = 64;

/** Reads what is owed to one backend, oldest first, a few ahead. */
export class ReadAhead {
  #ahead: StoredDelivery[] = [];
  /** The last delivery that was read. */
  #upTo = 0;
  /** The oldest that has come to be owed while it is read. */
  #oldestNew = Infinity;

  constructor(
    private readonly spool: Spool,
    private readonly backend: string,
  ) {}

  /** A delivery has come to be owed: it is not to be missed. */
  add(id: number): void {
    if (id <= this.#upTo) this.startOver();
    else this.#oldestNew = Math.min(this.#oldestNew, id);
  }

  startOver(): void {
    this.#ahead = [];
    this.#upTo = 0;
  }

  /** `undefined`: there is no more. @throws SprayproxyError `spool-failed` */
  async next(): Promise<StoredDelivery | undefined> {
    while (this.#ahead.length === 0) {
      const after = this.#upTo;
      this.#oldestNew = Infinity;
      const read = await this.spool.owedTo(this.backend, AT_ONCE, after);
      // Something older may have come to be owed meanwhile.
      if (after !== this.#upTo) continue;
      const last = read.at(-1);
      if (last === undefined) {
        this.startOver();
        return undefined;
      }
      if (this.#oldestNew < last.delivery.id) continue;
      this.#ahead = read;
      this.#upTo = last.delivery.id;
    }
    return this.#ahead.shift();
  }
}

import { SLOTS } from './migrations.js';

/** Ids of deliveries, as in `IdSequence`, that no other process gives: each has a slot of its own. */
export class SlotIds {
  #last = 0;

  /** @param slotOf as of now: before the database was reached it may be that of another process as well */
  constructor(private readonly slotOf: () => number) {}

  /** @param last there is such an id */
  startAbove(last: number): void {
    this.#last = Math.max(this.#last, last);
  }

  /** @param receivedAt ms since the epoch */
  next(receivedAt: number): number {
    const least = Math.max(this.#last + 1, Math.floor(receivedAt) * 1000);
    this.#last = least + ((SLOTS + this.slotOf() - (least % SLOTS)) % SLOTS);
    return this.#last;
  }
}

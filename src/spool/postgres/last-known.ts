import { type StoredDelivery } from '../../model/stored-delivery.js';

/** As many as lanes read ahead of twenty backends; each takes a few KiB. */
const MAX_ROWS = 1024;

export interface KnownRow {
  readonly stored: StoredDelivery;
  readonly version: number;
}

/**
 * Deliveries that are kept, as this process has last read or written them: a change is tried on that first, and comes to
 * nothing where the row is another by now.
 */
export class LastKnown {
  readonly #rows = new Map<number, KnownRow>();

  get(id: number): KnownRow | undefined {
    return this.#rows.get(id);
  }

  set(id: number, row: KnownRow): void {
    this.#rows.delete(id);
    this.#rows.set(id, row);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > MAX_ROWS && oldest !== undefined) this.#rows.delete(oldest);
  }

  delete(id: number): void {
    this.#rows.delete(id);
  }
}

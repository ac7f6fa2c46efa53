import { type StoredDelivery } from '../model/stored-delivery.js';

interface Seen {
  readonly stored: StoredDelivery | undefined;
  /** Changes that are not told yet. */
  readonly changes: number;
}

/**
 * Deliveries as they were before a change that is written, or being written, and not told yet: that is how everybody but
 * the next change sees them. So nobody finds one gone, or there, before those who watch have heard of it.
 */
export class Untold {
  readonly #seen = new Map<number, Seen>();
  readonly #looks = new Set<Map<number, StoredDelivery | undefined>>();

  /** @param before `undefined`: there is no such delivery yet */
  begin(id: number, before: StoredDelivery | undefined): void {
    const earlier = this.#seen.get(id) ?? { stored: before, changes: 0 };
    this.#seen.set(id, more(earlier, 1));
    for (const seen of this.#looks) if (!seen.has(id)) seen.set(id, earlier.stored);
  }

  /** A change was made. @param after `undefined`: the delivery has left */
  made(id: number, after: StoredDelivery | undefined): void {
    const earlier = this.#seen.get(id);
    if (earlier !== undefined) this.#seen.set(id, { ...earlier, stored: after });
    this.failed(id);
  }

  /** A change came to nothing. */
  failed(id: number): void {
    const earlier = this.#seen.get(id);
    if (earlier === undefined || earlier.changes === 1) this.#seen.delete(id);
    else this.#seen.set(id, more(earlier, -1));
  }

  /**
   * For who looks for a while: he sees everything as it was when he began.
   * @param look gets what is to be seen of deliveries that are changed, or were while he looked
   */
  async during<T>(look: (seen: ReadonlyMap<number, StoredDelivery | undefined>) => Promise<T>): Promise<T> {
    const seen = new Map([...this.#seen].map(([id, { stored }]) => [id, stored]));
    this.#looks.add(seen);
    try {
      return await look(seen);
    } finally {
      this.#looks.delete(seen);
    }
  }

  has(id: number): boolean {
    return this.#seen.has(id);
  }

  get(id: number): StoredDelivery | undefined {
    return this.#seen.get(id)?.stored;
  }

  list(): StoredDelivery[] {
    return [...this.#seen.values()].map(({ stored }) => stored).filter((stored) => stored !== undefined);
  }
}

const more = ({ stored, changes }: Seen, by: 1 | -1): Seen => ({ stored, changes: changes + by });

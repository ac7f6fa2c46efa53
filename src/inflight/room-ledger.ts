/** Most webhooks are some 20 KiB. Larger ones, and those that do not tell, must not hold these up. */
export const MAX_SMALL_BYTES = 1024 * 1024;

/** Part of the room that is kept for small payloads. */
const SMALL_SHARE = 1 / 8;

export const isSmall = (bytes: number): boolean => bytes <= MAX_SMALL_BYTES;

/** Who may have how much of the room: what is spoken for is gone, whether there is something in it yet or not. */
export class RoomLedger {
  readonly #keptForSmallBytes: number;
  #spokenBytes = 0;
  #spokenBySmallBytes = 0;

  constructor(
    private readonly maxBytes: number,
    maxPayloadBytes: number,
  ) {
    // The largest one must find room as well.
    this.#keptForSmallBytes = Math.min(maxBytes * SMALL_SHARE, maxBytes - maxPayloadBytes);
  }

  get spokenBytes(): number {
    return this.#spokenBytes;
  }

  /** Whether a small one may still be let in before a large one that waits. */
  get smallMayPass(): boolean {
    return this.#spokenBySmallBytes < this.#keptForSmallBytes;
  }

  /** What a payload gets that is larger than all the room for its size: all of that. */
  atMost(bytes: number): number {
    return Math.min(bytes, isSmall(bytes) ? this.maxBytes : this.maxBytes - this.#keptForSmallBytes);
  }

  /** @param othersWait whether somebody came before, and waits */
  fits(bytes: number, small: boolean, othersWait: boolean): boolean {
    const ofKeptBytes = Math.max(0, this.#keptForSmallBytes - this.#spokenBySmallBytes);
    if (small && ofKeptBytes > 0 && bytes <= ofKeptBytes) {
      return this.#spokenBytes + bytes <= this.maxBytes;
    }
    if (othersWait) return false;
    const freeBytes = this.maxBytes - this.#spokenBytes;
    return bytes <= (small ? freeBytes : freeBytes - ofKeptBytes);
  }

  /** @param bytes below 0: given back */
  speakFor(bytes: number, small: boolean): void {
    this.#spokenBytes += bytes;
    if (small) this.#spokenBySmallBytes += bytes;
  }
}

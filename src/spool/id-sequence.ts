/** Ids of deliveries: microseconds since the epoch, or one more than the last where the clock was set back. */
export class IdSequence {
  /** @param last the greatest there ever was; 0: there was none */
  constructor(private last = 0) {}

  /** @param receivedAt ms since the epoch */
  next(receivedAt: number): number {
    this.last = Math.max(this.last + 1, Math.floor(receivedAt) * 1000);
    return this.last;
  }
}

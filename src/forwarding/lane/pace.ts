import { type Clock } from '../../clock/clock.js';

/** What a timer that comes late may be made up for. */
const MAX_BEHIND_MS = 100;

/** How fast attempts may follow each other: evenly, without bursts. */
export class Pace {
  readonly #intervalMs: number;
  #nextAt = -Infinity;

  /** @param perSecond `undefined`: as fast as anybody wants */
  constructor(
    private readonly clock: Clock,
    perSecond: number | undefined,
  ) {
    this.#intervalMs = perSecond === undefined ? 0 : 1000 / perSecond;
  }

  /** When the next may begin, in ms of the monotonic clock. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** One begins. */
  step(): void {
    if (this.#intervalMs === 0) return;
    const now = this.clock.monotonic();
    this.#nextAt = (now - this.#nextAt > MAX_BEHIND_MS ? now : this.#nextAt) + this.#intervalMs;
  }
}

import { type Clock } from './clock.js';

/** Clocks that run apart by less than this agree. */
const TOLERANCE_MS = 1000;

/** Longest time for which a clock that was set has to stay so before it is believed. */
const MAX_CONFIRMATION_MS = 60_000;

/**
 * The wall clock, believed when it has gone on as the monotonic clock has: what is given up for its age must not go because
 * somebody sets the clock for two seconds. That takes two looks, some time apart; the first is taken when it is made.
 */
export class SteadyClock {
  readonly #confirmationMs: number;
  /** Of the wall clock, ahead of the monotonic one. */
  #believedAheadMs: number | undefined;
  #seenAheadMs: number;
  #seenSince: number;

  /** @param longestMs the shorter the time to be judged, the sooner a clock is believed: after a tenth of it */
  constructor(
    private readonly clock: Clock,
    longestMs: number,
  ) {
    this.#confirmationMs = Math.min(MAX_CONFIRMATION_MS, longestMs / 10);
    this.#seenSince = clock.monotonic();
    this.#seenAheadMs = clock.now() - this.#seenSince;
  }

  /** Whether a moment has passed for sure. @param at ms since the epoch */
  isPast(at: number): boolean {
    const monotonic = this.clock.monotonic();
    const aheadMs = this.clock.now() - monotonic;
    if (Math.abs(aheadMs - this.#seenAheadMs) >= TOLERANCE_MS) {
      this.#seenAheadMs = aheadMs;
      this.#seenSince = monotonic;
    }
    if (monotonic - this.#seenSince >= this.#confirmationMs) this.#believedAheadMs = aheadMs;
    return this.#believedAheadMs !== undefined && monotonic + this.#believedAheadMs >= at;
  }
}

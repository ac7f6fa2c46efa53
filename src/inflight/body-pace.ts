/** A sender that goes on sends its next byte within this time. */
export const MAX_PAUSE_MS = 2000;

/** What a body brings in `PACE_WINDOW_MS`, at least. */
export const MIN_BYTES_PER_SECOND = 16 * 1024;
export const PACE_WINDOW_MS = 5000;

/** Below this pace a body gives way where room is short: at this one, the largest would take 400 s. */
export const HASTY_BYTES_PER_SECOND = 64 * 1024;

/** No pace is judged by less, and no pause. */
export const JUDGED_AFTER_MS = 250;

/**
 * How fast a body comes in, by the time of its sender: what it is held back from this side does not count.
 * Times are ms of the monotonic clock.
 */
export class BodyPace {
  #bytes = 0;
  #heldBackMs = 0;
  #heldBackAt: number | undefined;
  /** As seen at the last look. */
  #lastByteMs = 0;
  #seenBytes = 0;
  #windowFromMs = 0;
  #bytesBeforeWindow = 0;

  constructor(
    private readonly startedAt: number,
    private readonly maxMs: number,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** All the time it has been held back, in ms. */
  heldBackMs(now: number): number {
    return this.#heldBackMs + (this.#heldBackAt === undefined ? 0 : now - this.#heldBackAt);
  }

  /** Asks for no time: a body may come in thousands of pieces. */
  arrived(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Takes notice of what has come since the last look, a pause being no more exact than looks are frequent. */
  look(now: number): void {
    if (this.#bytes !== this.#seenBytes) this.#lastByteMs = this.#sendersMs(now);
    this.#seenBytes = this.#bytes;
  }

  holdBack(now: number): void {
    this.#heldBackAt ??= now;
  }

  goOn(now: number): void {
    this.#heldBackMs = this.heldBackMs(now);
    this.#heldBackAt = undefined;
    // What it has sent meanwhile is still to be read.
    this.#lastByteMs = this.#sendersMs(now);
  }

  /** Why it is not waited for any longer; `undefined`: it is. Each window is judged once. */
  overdue(now: number): string | undefined {
    this.look(now);
    const ms = this.#sendersMs(now);
    if (ms >= this.maxMs) return `${this.#bytes} bytes arrived within ${this.maxMs} ms`;
    if (ms - this.#lastByteMs >= MAX_PAUSE_MS)
      return `no byte came for ${MAX_PAUSE_MS} ms, after ${this.#bytes} bytes`;
    const windowMs = ms - this.#windowFromMs;
    if (windowMs < PACE_WINDOW_MS) return undefined;
    const bytes = this.#bytes - this.#bytesBeforeWindow;
    if (bytes * 1000 < MIN_BYTES_PER_SECOND * windowMs)
      return `${bytes} bytes came in ${Math.round(windowMs)} ms, fewer than ${MIN_BYTES_PER_SECOND} a second`;
    this.#windowFromMs = ms;
    this.#bytesBeforeWindow = this.#bytes;
    return undefined;
  }

  /** Whether it has to give way where room is short: whatever it may do now, what it did before counts. */
  isSlow(now: number): boolean {
    this.look(now);
    const ms = this.#sendersMs(now);
    if (ms < JUDGED_AFTER_MS) return false;
    const pauses = this.#heldBackAt === undefined && ms - this.#lastByteMs >= JUDGED_AFTER_MS;
    return pauses || this.bytesPerSecond(now) < HASTY_BYTES_PER_SECOND;
  }

  bytesPerSecond(now: number): number {
    return (this.#bytes * 1000) / Math.max(1, this.#sendersMs(now));
  }

  #sendersMs(now: number): number {
    return now - this.startedAt - this.heldBackMs(now);
  }
}

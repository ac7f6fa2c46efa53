import { type Clock } from '../../clock/clock.js';
import { type AttemptResult, isServed } from '../../model/attempt.js';
import { retryDelayMs, type RetryLimits } from './retry-policy.js';

/** Failures in a row after which a backend counts as down. */
export const DOWN_AFTER = 5;

/** What the attempts at one backend say of it: when it may be tried again, and with how many attempts at once. */
export class BackendHealth {
  #failuresInRow = 0;
  /** Failures in a row, those that ran at the same time counted as one. */
  #failedRounds = 0;
  #lastFailureAt = -Infinity;
  #lastAcceptedAt = -Infinity;
  #failingSince: number | undefined;
  #retryAt = 0;
  #concurrency: number;
  #running = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limits: RetryLimits & { readonly maxConcurrency: number },
  ) {
    this.#concurrency = limits.maxConcurrency;
  }

  /** The circuit breaker is open. */
  get down(): boolean {
    return this.#failuresInRow >= DOWN_AFTER;
  }

  /** When what is owed may be tried again, in ms of the monotonic clock. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** Attempts at once at what is owed: one after a failure, one more with each success. */
  get concurrency(): number {
    return this.#concurrency;
  }

  /** Attempts that are running, at whatever. */
  get running(): number {
    return this.#running;
  }

  /** Since when there was no success, in ms of the monotonic clock. */
  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /** Whether one attempt may show if the backend is back: none is running, and it is time. */
  get mayProbe(): boolean {
    return this.#running === 0 && this.clock.monotonic() >= this.#retryAt;
  }

  /** Whether the backend has accepted something since. @param at ms of the monotonic clock */
  acceptedSince(at: number): boolean {
    return this.#lastAcceptedAt >= at;
  }

  /** An attempt begins, whose end will be told by `observe` or `disregard`. */
  begin(): void {
    this.#running += 1;
  }

  /** What came of an attempt says nothing of the backend: it is that delivery alone that it does not take. */
  disregard(): void {
    this.#running -= 1;
  }

  /** What is known may be true no longer, and counts no more: as at the beginning, but with one attempt at first. */
  startOver(): void {
    this.#closeBreaker();
    this.#concurrency = 1;
  }

  observe(result: AttemptResult): void {
    this.#running -= 1;
    const now = this.clock.monotonic();
    if (result.outcome === 'accepted') this.#lastAcceptedAt = now;
    if (isServed(result)) {
      this.#closeBreaker();
      this.#concurrency = Math.min(this.limits.maxConcurrency, this.#concurrency + 1);
      return;
    }
    this.#failuresInRow += 1;
    this.#failingSince ??= now;
    this.#concurrency = 1;
    const { retryAfterMs = 0 } = result;
    // A hundred attempts that fail together are one reason to wait, not a hundred.
    if (now - result.durationMs < this.#lastFailureAt) {
      this.#retryAt = Math.max(this.#retryAt, now + Math.min(this.limits.maxMs, retryAfterMs));
      return;
    }
    this.#lastFailureAt = now;
    this.#failedRounds += 1;
    this.#retryAt =
      now + retryDelayMs(this.#failedRounds + 1, this.limits, this.clock.random(), retryAfterMs);
  }

  #closeBreaker(): void {
    this.#failuresInRow = 0;
    this.#failedRounds = 0;
    this.#failingSince = undefined;
    this.#retryAt = 0;
  }
}

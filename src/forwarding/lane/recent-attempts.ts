import { type Clock } from '../../clock/clock.js';
import { type AttemptResult, isServed } from '../../model/attempt.js';

const MINUTE_MS = 60_000;

/** So many minutes are shown, the one that runs included. */
export const MINUTES = 15;

interface Minute {
  /** Minutes since the clock began. */
  readonly number: number;
  count: number;
  answered: number;
  answeredMs: number;
}

/** What the attempts at one backend came to in the last minutes, for people to look at. */
export class RecentAttempts {
  readonly #minutes: Minute[] = [];
  /** Ms since the epoch. */
  #lastAcceptedAt: number | undefined;
  #lastFailure: AttemptResult | undefined;

  constructor(private readonly clock: Clock) {}

  get lastAcceptedAt(): number | undefined {
    return this.#lastAcceptedAt;
  }

  /** The latest attempt that has failed, if none has been served since. */
  get lastFailure(): AttemptResult | undefined {
    return this.#lastFailure;
  }

  /** Attempts that ended in each of the last minutes, oldest first. */
  get perMinute(): number[] {
    return this.#each((minute) => minute?.count ?? 0);
  }

  /** Mean time until the answer in each of them, in ms; `null`: none was answered. */
  get latencyMs(): (number | null)[] {
    return this.#each((minute) =>
      minute === undefined || minute.answered === 0
        ? null
        : Math.round((10 * minute.answeredMs) / minute.answered) / 10,
    );
  }

  record(result: AttemptResult): void {
    const minute = this.#minuteOfNow();
    minute.count += 1;
    if (result.status !== undefined) {
      minute.answered += 1;
      minute.answeredMs += result.durationMs;
    }
    if (result.outcome === 'accepted') this.#lastAcceptedAt = this.clock.now();
    this.#lastFailure = isServed(result) ? undefined : result;
  }

  #minuteOfNow(): Minute {
    const number = this.#now;
    const last = this.#minutes.at(-1);
    if (last?.number === number) return last;
    const minute: Minute = { number, count: 0, answered: 0, answeredMs: 0 };
    this.#minutes.push(minute);
    if (this.#minutes.length > MINUTES) this.#minutes.shift();
    return minute;
  }

  #each<T>(value: (minute: Minute | undefined) => T): T[] {
    const first = this.#now - MINUTES + 1;
    return Array.from({ length: MINUTES }, (_, at) =>
      value(this.#minutes.find(({ number }) => number === first + at)),
    );
  }

  get #now(): number {
    return Math.floor(this.clock.monotonic() / MINUTE_MS);
  }
}

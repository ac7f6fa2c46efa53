import { Clock } from '../../src/clock/clock.js';

/** Time that passes when it is told to. */
export class FakeClock extends Clock {
  #now = 0;
  #startedAt = Date.parse('2026-01-01T00:00:00Z');
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  #onTimer: (() => void) | undefined;

  constructor(private readonly chance: () => number = () => 0.5) {
    super();
  }

  now(): number {
    return this.#startedAt + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Somebody sets the clock; nothing becomes due by that. */
  set(ms: number): void {
    this.#startedAt += ms;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    this.#onTimer?.();
    return () => {
      this.#timers.delete(timer);
    };
  }

  random(): number {
    return this.chance();
  }

  /** Whether somebody waits for a later time. */
  get awaited(): boolean {
    return this.#timers.size > 0;
  }

  /** Resolves as soon as somebody waits for the time that is so many ms from now. */
  async untilAwaited(ms: number): Promise<void> {
    while (![...this.#timers].some(({ at }) => at === this.#now + ms))
      await new Promise<void>((resolve) => (this.#onTimer = resolve));
  }

  /** Calls back whoever waited for it, in order. */
  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = until;
  }
}

import { type Clock } from '../../clock/clock.js';

/** How many attempts may run at once; who comes when all are taken waits its turn, for a bounded time. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly clock: Clock,
    count: number,
    /** For an attempt and the wait for its turn. */
    private readonly timeMs: number,
  ) {
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  /** Takes one that is free: there must be one. @returns the time for what it is taken for, in ms */
  take(): number {
    this.#free -= 1;
    return this.timeMs;
  }

  /** Takes one when its turn comes. @returns what is left of the time, in ms; `undefined`: it did not come in time */
  takeInTurn(): Promise<number | undefined> {
    const since = this.clock.monotonic();
    return new Promise((resolve) => {
      const turn = () => {
        cancel();
        resolve(Math.max(1, this.timeMs - (this.clock.monotonic() - since)));
      };
      const cancel = this.clock.after(this.timeMs, () => {
        this.#waiting.delete(turn);
        resolve(undefined);
      });
      this.#waiting.add(turn);
    });
  }

  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
    } else {
      this.#waiting.delete(next);
      next();
    }
  }
}

import { type Clock } from '../../clock/clock.js';

/** How many attempts may run at once; who comes when all are taken waits its turn, for a bounded time. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly clock: Clock,
    count: number,
    private readonly maxWaitMs: number,
  ) {
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  /** @returns whether there was one; `give` it back then. */
  async take(): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const turn = () => {
        cancel();
        resolve(true);
      };
      const cancel = this.clock.after(this.maxWaitMs, () => {
        this.#waiting.delete(turn);
        resolve(false);
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

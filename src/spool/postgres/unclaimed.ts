import { type Clock } from '../../clock/clock.js';

/** Somebody may have ended a claim without saying so, with his process. */
const LOOK_EVERY_MS = 1000;

/** Who waits for the end of claims of others. */
export class Unclaimed {
  readonly #waiting = new Map<number, Set<() => void>>();

  constructor(private readonly clock: Clock) {}

  /** Something has come about with a delivery. */
  tell(id: number): void {
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  /** Anything may have come about. */
  tellAll(): void {
    for (const id of this.#waiting.keys()) this.tell(id);
  }

  /** Waits for as long as it is so. @returns `false`: it was not so at first */
  async whileSo(id: number, isSo: () => Promise<boolean>): Promise<boolean> {
    let hasWaited = false;
    for (;;) {
      const woken = this.#next(id);
      try {
        if (!(await isSo())) return hasWaited;
        hasWaited = true;
        await woken.promise;
      } finally {
        woken.forget();
      }
    }
  }

  /** What comes about while somebody looks is not missed. */
  #next(id: number): { readonly promise: Promise<void>; readonly forget: () => void } {
    let wake: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => (wake = resolve));
    const cancel = this.clock.after(LOOK_EVERY_MS, wake);
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(wake));
    const forget = () => {
      cancel();
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(id);
    };
    return { promise, forget };
  }
}

/**
 * Lets those who would keep the process busy go on one after the other, each in a turn of the event loop of its own, so that
 * everybody else gets on between.
 */
export class Turns {
  readonly #queue: (() => void)[] = [];

  /** Calls back when it is its turn. */
  await(goOn: () => void): void {
    if (this.#queue.push(goOn) === 1) setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#queue.shift()?.();
    if (this.#queue.length > 0) setImmediate(this.#next);
  };
}

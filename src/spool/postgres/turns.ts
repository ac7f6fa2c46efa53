/** Lets so many at once go on, in the order in which they came. */
export class Turns {
  readonly #waiting = new Set<() => void>();

  constructor(private free: number) {}

  /** @returns gives the turn back */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return () => {
      this.#giveBack();
    };
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

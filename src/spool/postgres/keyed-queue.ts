/** Does one thing after the other for each key, in the order in which they came. */
export class KeyedQueue<K> {
  readonly #last = new Map<K, Promise<unknown>>();

  run<T>(key: K, action: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const done = before === undefined ? action() : before.then(action);
    const settled: Promise<unknown> = done
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key) === settled) this.#last.delete(key);
      });
    this.#last.set(key, settled);
    return done;
  }
}

import { SprayproxyError } from '../../model/sprayproxy-error.js';

interface Options {
  /** Hears of every verb: how long it took, in seconds. */
  readonly onVerb?: (verb: string, seconds: number) => void;
  /** Hears of those that write: how long it took, and whether it is on disk. */
  readonly onWrite?: (seconds: number, ok: boolean) => void;
}

/** Verbs, as long as the spool is open. */
export class Verbs {
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(private readonly options: Options) {}

  /** Also for what is written without anybody depending on it. */
  read = <T>(verb: string, action: () => Promise<T>): Promise<T> => this.#run(verb, action);

  write = <T>(verb: string, action: () => Promise<T>): Promise<T> =>
    this.#run(verb, action, this.options.onWrite);

  /** Resolves when all that have been begun have ended; there are no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#running);
  }

  async #run<T>(
    verb: string,
    action: () => Promise<T>,
    onEnd: (seconds: number, ok: boolean) => void = () => undefined,
  ): Promise<T> {
    if (this.#isClosed) throw new SprayproxyError('spool-failed', 'the spool is closed');
    const startedAt = performance.now();
    const running = action();
    this.#running.add(running);
    let ok = false;
    let isFull = false;
    try {
      const result = await running;
      ok = true;
      return result;
    } catch (error) {
      // Nothing was written, and nothing failed.
      isFull = error instanceof SprayproxyError && error.code === 'spool-full';
      throw error;
    } finally {
      this.#running.delete(running);
      const seconds = (performance.now() - startedAt) / 1000;
      this.options.onVerb?.(verb, seconds);
      if (!isFull) onEnd(seconds, ok);
    }
  }
}

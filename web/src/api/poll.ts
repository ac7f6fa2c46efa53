import { lost, made } from './contact.js';
import { Failure } from './failure.js';
import { read } from './request.js';

export const POLL_MS = 2000;
/** Where the answer is no, it is no for longer. */
const REFUSED_POLL_MS = 10_000;

export interface PollOptions<T> {
  /** What to ask for now; `undefined`: nothing. */
  readonly path: () => string | undefined;
  /** Takes what has changed. */
  readonly take: (data: T, path: string) => void;
  readonly fail: (failure: Failure) => void;
}

/** Asks again and again while the page can be seen, and says what has changed. */
export class Poll<T> {
  readonly #ended = new AbortController();
  #etag: { readonly path: string; readonly tag: string | undefined } | undefined;
  #wake: () => void = () => undefined;
  #again = false;

  constructor(private readonly options: PollOptions<T>) {
    document.addEventListener('visibilitychange', this.now);
    void this.#run();
  }

  /** Asks at once, or when it has its answer once more. */
  readonly now = (): void => {
    this.#again = true;
    this.#wake();
  };

  end(): void {
    document.removeEventListener('visibilitychange', this.now);
    this.#ended.abort();
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#hasEnded()) {
      this.#again = false;
      await this.#pause(document.hidden ? POLL_MS : await this.#ask());
    }
  }

  #hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#hasEnded() || this.#again) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns how long to wait afterwards, ms */
  async #ask(): Promise<number> {
    const path = this.options.path();
    if (path === undefined) return POLL_MS;
    try {
      const etag = this.#etag?.path === path ? this.#etag.tag : undefined;
      const answer = await read<T>(path, { etag, signal: this.#ended.signal });
      if (this.#hasEnded()) return 0;
      made();
      this.#etag = { path, tag: answer.etag };
      if (answer.data !== undefined) this.options.take(answer.data, path);
      return POLL_MS;
    } catch (error) {
      if (this.#hasEnded()) return 0;
      const failure = Failure.of(error);
      if (failure.isLostContact) lost();
      else made();
      // What is shown may be older than what comes next under the same tag.
      this.#etag = undefined;
      this.options.fail(failure);
      return failure.isLostContact || failure.status === 503 ? POLL_MS : REFUSED_POLL_MS;
    }
  }
}

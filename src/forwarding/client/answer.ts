import { type Clock } from '../../clock/clock.js';
import { type AnswerHead } from './answer-head.js';

/** As much of an answer as is kept to explain a failure. */
export const MAX_EXCERPT_BYTES = 2048;

/** The status has come; its explanation is not worth a longer wait. */
const EXCERPT_TIMEOUT_MS = 1000;

/** An answer whose status has come, and whose body is still being read. */
export class Answer {
  readonly #kept: Buffer[] = [];
  #length = 0;
  #over = false;
  #onExcerpt: (() => void) | undefined;

  constructor(
    readonly head: AnswerHead,
    private readonly clock: Clock,
  ) {}

  /** @param bytes good for this call only */
  add(bytes: Buffer): void {
    if (this.#length >= MAX_EXCERPT_BYTES) return;
    this.#kept.push(Buffer.from(bytes.subarray(0, MAX_EXCERPT_BYTES - this.#length)));
    this.#length += bytes.length;
    if (this.#length >= MAX_EXCERPT_BYTES) this.#onExcerpt?.();
  }

  end(): void {
    this.#over = true;
    this.#onExcerpt?.();
  }

  /** The beginning of the body, at most `MAX_EXCERPT_BYTES`; what there is of it by then, if the rest is slow. */
  async excerpt(encoding: BufferEncoding = 'utf8'): Promise<string> {
    if (!this.#over && this.#length < MAX_EXCERPT_BYTES) {
      await new Promise<void>((resolve) => {
        const cancel = this.clock.after(EXCERPT_TIMEOUT_MS, resolve);
        this.#onExcerpt = () => {
          cancel();
          resolve();
        };
      });
    }
    return Buffer.concat(this.#kept).toString(encoding);
  }
}

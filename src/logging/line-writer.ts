import { destination, type DestinationStream } from 'pino';

/** A write for every line would take as long as all else that is done with it; those of a moment are written together. */
const WRITE_FROM_LENGTH = 16 * 1024;

/** No line waits longer. */
const WRITE_EVERY_MS = 50;

/** What has piled up while a write was under way leaves in one. */
const MAX_WRITE_BYTES = 1024 * 1024;

/** If nobody reads the log, lines are lost rather than memory. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

/**
 * Writes lines to a file descriptor, from another thread, many at once. (The stream below could gather them itself, but
 * would measure and copy all that it has gathered with every line: that is half of what a line costs.)
 */
export class LineWriter implements DestinationStream {
  readonly #stream: ReturnType<typeof destination>;
  #lines: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(fd: number) {
    this.#stream = destination({
      dest: fd,
      sync: false,
      maxWrite: MAX_WRITE_BYTES,
      maxLength: MAX_UNWRITTEN_BYTES,
    });
    process.once('exit', this.#onExit);
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= WRITE_FROM_LENGTH) this.#pass();
    else this.#timer ??= setTimeout(this.#pass, WRITE_EVERY_MS).unref();
  }

  /** Waits until all lines so far are written. */
  flushSync(): void {
    this.#pass();
    this.#stream.flushSync();
  }

  /** Takes no more lines, and calls back when all have been written. */
  end(ended: () => void): void {
    this.#pass();
    this.#stream.once('close', ended);
    this.#stream.end();
  }

  /** What is not written yet never will be. */
  abandon(): void {
    process.off('exit', this.#onExit);
    clearTimeout(this.#timer);
    this.#lines = [];
    this.#stream.destroy();
  }

  readonly #pass = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length > 0) this.#stream.write(this.#lines.join(''));
    this.#lines = [];
    this.#length = 0;
  };

  readonly #onExit = (): void => {
    this.flushSync();
  };
}

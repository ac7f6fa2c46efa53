import { Injectable } from '@nestjs/common';

/**
 * Tells that a spool which could not be reached at the start was reached at last, and is one that would have kept the program
 * from starting.
 */
@Injectable()
export class UnusableSpool {
  #error: Error | undefined;
  #listener: (error: Error) => void = () => undefined;

  readonly tell = (error: Error): void => {
    this.#error ??= error;
    this.#listener(this.#error);
  };

  /** The listener takes the place of the one before; of what was told before it hears at once. */
  listen(listener: (error: Error) => void): void {
    this.#listener = listener;
    if (this.#error !== undefined) listener(this.#error);
  }
}

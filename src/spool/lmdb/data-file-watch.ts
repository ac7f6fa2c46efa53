import { statSync } from 'node:fs';
import { join } from 'node:path';

import { type Clock } from '../../clock/clock.js';
import { DATA_FILE } from './data-file.js';

const LOOK_EVERY_MS = 1000;

/**
 * Looks whether the file that is open is still the one in the directory. What is written to another is lost with the
 * process, and nothing else would tell: the engine goes on.
 */
export class DataFileWatch {
  /** What has become of it; `undefined`: it is there. */
  fault: string | undefined;
  readonly #file: string;
  readonly #own: string;
  #cancel: () => void = () => undefined;

  /** @param onChange hears when `fault` has changed */
  constructor(
    dir: string,
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {
    this.#file = join(dir, DATA_FILE);
    this.#own = identityOf(this.#file);
    this.#lookLater();
  }

  /** @returns `fault`, as of now */
  look(): string | undefined {
    const before = this.fault;
    try {
      this.fault = identityOf(this.#file) === this.#own ? undefined : `${this.#file} was replaced`;
    } catch (error) {
      this.fault = `${this.#file} is gone (${String(error)})`;
    }
    if ((this.fault === undefined) !== (before === undefined)) this.onChange();
    return this.fault;
  }

  stop(): void {
    this.#cancel();
  }

  #lookLater(): void {
    this.#cancel = this.clock.after(LOOK_EVERY_MS, () => {
      this.#lookLater();
      this.look();
    });
  }
}

/** While a file is open, no other one gets its number. */
function identityOf(file: string): string {
  const { dev, ino } = statSync(file, { bigint: true });
  return `${dev}:${ino}`;
}

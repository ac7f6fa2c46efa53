import { type Kysely } from 'kysely';

import { type Clock } from '../../clock/clock.js';
import { Memory } from './memory.js';
import { type Tables } from './tables.js';

const TRIM_EVERY_MS = 60_000;

/** Rows that are deleted in one statement. */
const BATCH = 1000;

interface Options {
  readonly db: Kysely<Tables>;
  readonly clock: Clock;
  readonly maxPastAgeMs: number;
  /** Whether it is this process that does it for all. */
  readonly isOwn: () => boolean;
}

/** Remembers no longer what is too old. */
export class Trimmer {
  #isStopped = false;
  #trimming: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(private readonly options: Options) {}

  start(): void {
    this.#cancel = this.options.clock.after(TRIM_EVERY_MS, () => {
      this.#trimming = this.#trim();
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#trimming;
  }

  async #trim(): Promise<void> {
    const { db, clock, maxPastAgeMs, isOwn } = this.options;
    const olderThanId = (clock.now() - maxPastAgeMs) * 1000;
    try {
      while (!this.#isStopped && isOwn() && (await new Memory(db).trim(olderThanId, BATCH)) === BATCH);
    } catch {
      // What is too old now is so in a minute.
    }
    if (!this.#isStopped) this.start();
  }
}

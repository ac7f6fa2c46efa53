import { type Kysely } from 'kysely';

import { NotSent } from './database-error.js';
import { type Tables } from './tables.js';

/** One go at a verb, on one connection. */
export class Attempt {
  #isOver = false;
  #mayHaveWritten = false;

  constructor(
    readonly db: Kysely<Tables>,
    /** Whether one before it may have been made all the same. */
    readonly isAgain: boolean,
  ) {}

  /** Whether something was sent that changes the database. */
  get mayHaveWritten(): boolean {
    return this.#mayHaveWritten;
  }

  /** To be called before each statement that writes. @throws NotSent if nobody waits for it any more */
  writes(): void {
    if (this.#isOver) throw new NotSent('nobody waits for it any more');
    this.#mayHaveWritten = true;
  }

  /** Nobody waits for it any more. */
  giveUp(): void {
    this.#isOver = true;
  }
}

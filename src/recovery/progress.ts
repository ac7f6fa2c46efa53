import { randomUUID } from 'node:crypto';

import { type Spool } from '../spool/spool.js';

const NAME = 'recovery';

/** What is known of GitHub's list after a restart, or to who takes over. */
export interface Progress {
  /** All attempts made before have been read, and nothing is left to be done about them; ms since the epoch. */
  readonly readUpTo?: number;
  /** What the webhook secrets are known by, and since when they have been that; ms since the epoch. */
  readonly secrets: string;
  readonly secretsSince: number;
}

/** Keeps the progress in the spool. */
export class ProgressNote {
  #text: string | undefined;
  readonly #by = randomUUID();

  constructor(private readonly spool: Spool) {}

  async read(): Promise<Progress | undefined> {
    this.#text = (await this.spool.noted([NAME])).get(NAME);
    return this.#text === undefined ? undefined : (JSON.parse(this.#text) as Progress);
  }

  /** @returns `false`: somebody else has gone on. */
  async write(progress: Progress, at: number): Promise<boolean> {
    const text = JSON.stringify({ ...progress, at, by: this.#by });
    const isMade = await this.spool.note({ name: NAME, text, at }, this.#text);
    if (isMade) this.#text = text;
    return isMade;
  }
}

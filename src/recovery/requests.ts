import { randomUUID } from 'node:crypto';

import { parseRecoveryNote, type RecoveryNote, recoveryNoteName } from '../model/recovery-note.js';
import { type Spool } from '../spool/spool.js';

const AT_ONCE = 500;

/** What is noted of each delivery, so that nobody asks for one while it is on its way. */
export class Requests {
  readonly #texts = new Map<string, string>();

  constructor(private readonly spool: Spool) {}

  /** Reads what is noted of these. @param guids all of which something may be asked from now on */
  async read(guids: readonly string[]): Promise<void> {
    this.#texts.clear();
    for (let from = 0; from < guids.length; from += AT_ONCE) {
      const names = guids.slice(from, from + AT_ONCE).map(recoveryNoteName);
      for (const [name, text] of await this.spool.noted(names)) this.#texts.set(name, text);
    }
  }

  of(guid: string): RecoveryNote | undefined {
    return parseRecoveryNote(this.#texts.get(recoveryNoteName(guid)));
  }

  /** @returns `false`: somebody else has noted something. */
  async write(guid: string, note: Omit<RecoveryNote, 'by'>, at: number): Promise<boolean> {
    const name = recoveryNoteName(guid);
    const text = JSON.stringify({ ...note, by: randomUUID() } satisfies RecoveryNote);
    const isMade = await this.spool.note({ name, text, at }, this.#texts.get(name));
    if (isMade) this.#texts.set(name, text);
    return isMade;
  }
}

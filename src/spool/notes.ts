/** A short text under a name. */
export interface Note {
  readonly name: string;
  readonly text: string;
  /** Ms since the epoch. */
  readonly at: number;
}

/** The time of a note that is never too old. */
export const KEPT_FOR_GOOD = Number.MAX_SAFE_INTEGER;

/** Notes that are gone with the process. */
export class NotesInMemory {
  readonly #notes = new Map<string, Note>();

  noted = (names: readonly string[]): ReadonlyMap<string, string> =>
    new Map(names.flatMap((name) => this.#notes.get(name) ?? []).map(({ name, text }) => [name, text]));

  note(note: Note, before: string | undefined): boolean {
    if (this.#notes.get(note.name)?.text !== before) return false;
    this.#notes.set(note.name, note);
    return true;
  }

  forget(before: number): void {
    for (const { name, at } of this.#notes.values()) if (at < before) this.#notes.delete(name);
  }
}

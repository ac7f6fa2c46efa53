import { type Note } from '../notes.js';
import { type SpoolDatabases } from './layout.js';
import { type Writer } from './writer.js';

/** Notes in the file. */
export class Notes {
  constructor(
    private readonly notes: SpoolDatabases['notes'],
    private readonly writer: Writer,
  ) {}

  noted(names: readonly string[]): ReadonlyMap<string, string> {
    const found = names.flatMap((name) => this.notes.get(name) ?? []);
    return new Map(found.map(({ name, text }) => [name, text]));
  }

  note(note: Note, before: string | undefined): Promise<boolean> {
    return this.writer.write(() => {
      if (this.notes.get(note.name)?.text !== before) return false;
      this.notes.putSync(note.name, note);
      return true;
    });
  }

  forget(before: number): Promise<void> {
    return this.writer.write(() => {
      const old = [...this.notes.getRange()].filter(({ value }) => value.at < before);
      for (const { key } of old) this.notes.removeSync(key);
    });
  }
}

import { type Kysely, sql } from 'kysely';

import { PAUSES_NOTE } from '../../model/pause.js';
import { type Note } from '../notes.js';
import { type Database } from './database.js';
import { CHANNEL, encode } from './message.js';
import { type Tables } from './tables.js';

/** Notes in the database, and whether the one that all depend on is another than before. */
export class Notes {
  readonly #news: string;
  /** As last looked at or written here; absent: neither yet. */
  #known: { readonly text: string | undefined } | undefined;

  /** @param onChange hears of every change of the note of pauses */
  constructor(
    private readonly database: Database,
    holder: string,
    private readonly onChange: () => void,
  ) {
    this.#news = encode(holder, { kind: 'backends' });
  }

  noted(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.database.read((db) => textsIn(db, names));
  }

  /** What is there already may be what an attempt before this one has noted. */
  async note(note: Note, before: string | undefined): Promise<boolean> {
    const isMade = await this.#note(note, before);
    if (isMade && note.name === PAUSES_NOTE) {
      this.#known = { text: note.text };
      this.onChange();
    }
    return isMade;
  }

  async forget(before: number): Promise<void> {
    await this.#write((db) => db.deleteFrom('sprayproxy_note').where('noted_at', '<', before).execute());
  }

  /** Reads the note of pauses, and tells if it has been changed where nobody may have said so; now and then once too often. */
  async look(db: Kysely<Tables>): Promise<void> {
    const text = (await textsIn(db, [PAUSES_NOTE])).get(PAUSES_NOTE);
    const known = this.#known ?? { text };
    this.#known = { text };
    if (known.text !== text) this.onChange();
  }

  async #note({ name, text, at }: Note, before: string | undefined): Promise<boolean> {
    const statement =
      before === undefined
        ? sql`INSERT INTO sprayproxy_note AS known (name, text, noted_at) VALUES (${name}, ${text}, ${at})
            ON CONFLICT (name) DO UPDATE SET noted_at = excluded.noted_at WHERE known.text = excluded.text`
        : sql`UPDATE sprayproxy_note SET text = ${text}, noted_at = ${at}
            WHERE name = ${name} AND text IN (${before}, ${text})`;
    const told =
      name === PAUSES_NOTE
        ? sql`WITH changed AS (${statement} RETURNING name) SELECT pg_notify(${CHANNEL}, ${this.#news}) FROM changed`
        : sql`${statement} RETURNING name`;
    const { rows } = await this.#write((db) => told.execute(db));
    return rows.length === 1;
  }

  #write<T>(action: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.database.write((attempt) => {
      attempt.writes();
      return action(attempt.db);
    });
  }
}

async function textsIn(db: Kysely<Tables>, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('sprayproxy_note')
    .select(['name', 'text'])
    .where('name', '=', sql<string>`ANY(${names})`)
    .execute();
  return new Map(rows.map(({ name, text }) => [name, text]));
}

import { type Kysely, sql } from 'kysely';

import { type Note } from '../notes.js';
import { type Database } from './database.js';
import { type Tables } from './tables.js';

/** Notes in the database. */
export class Notes {
  constructor(private readonly database: Database) {}

  async noted(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('sprayproxy_note')
        .select(['name', 'text'])
        .where('name', '=', sql<string>`ANY(${names})`)
        .execute(),
    );
    return new Map(rows.map(({ name, text }) => [name, text]));
  }

  /** What is there already may be what an attempt before this one has noted. */
  async note({ name, text, at }: Note, before: string | undefined): Promise<boolean> {
    const statement =
      before === undefined
        ? sql`INSERT INTO sprayproxy_note AS known (name, text, noted_at) VALUES (${name}, ${text}, ${at})
            ON CONFLICT (name) DO UPDATE SET noted_at = excluded.noted_at WHERE known.text = excluded.text`
        : sql`UPDATE sprayproxy_note SET text = ${text}, noted_at = ${at}
            WHERE name = ${name} AND text IN (${before}, ${text})`;
    const result = await this.#write((db) => statement.execute(db));
    return result.numAffectedRows === 1n;
  }

  async forget(before: number): Promise<void> {
    await this.#write((db) => db.deleteFrom('sprayproxy_note').where('noted_at', '<', before).execute());
  }

  #write<T>(action: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.database.write((attempt) => {
      attempt.writes();
      return action(attempt.db);
    });
  }
}

import { type Kysely, type RawBuilder, sql } from 'kysely';

import { BACKEND_FILTERS } from '../backend-filters.js';
import { type Database } from './database.js';
import { CHANNEL, encode } from './message.js';
import { type Tables } from './tables.js';

/** The registered backends, and whether they, or their filters, are others than before. */
export class RegisteredBackends {
  readonly #news: string;
  /** As last read, and with the own changes since; `undefined`: not read yet. */
  #known: Set<string> | undefined;
  /** Text of the note with their filters, as last read. */
  #filters: string | undefined;
  /** One more when an own change begins, and when it ends. */
  #revision = 0;
  #changing = 0;

  /** @param onChange hears of every change */
  constructor(
    private readonly database: Database,
    holder: string,
    private readonly onChange: () => void,
  ) {
    this.#news = encode(holder, { kind: 'backends' });
  }

  list(): Promise<string[]> {
    return this.database.read(urlsIn);
  }

  keep(url: string): Promise<void> {
    const statement = sql`INSERT INTO sprayproxy_backend (url) VALUES (${url}) ON CONFLICT DO NOTHING`;
    return this.#change(statement, () => this.#known?.add(url));
  }

  forget(url: string): Promise<void> {
    const statement = sql`DELETE FROM sprayproxy_backend WHERE url = ${url}`;
    return this.#change(statement, () => this.#known?.delete(url));
  }

  /** Reads them, and tells if they have been changed where nobody has said so. */
  async look(db: Kysely<Tables>): Promise<void> {
    const revision = this.#revision;
    const isAlone = this.#changing === 0;
    const filters = await filtersIn(db);
    const urls = new Set(await urlsIn(db));
    // What was read beside an own change may have it or not.
    if (!isAlone || revision !== this.#revision) return;
    const isFirst = this.#known === undefined;
    const known = this.#known ?? urls;
    const areOthers = known.size !== urls.size || [...urls].some((url) => !known.has(url));
    // An own change of them is told as well, once more.
    const areFiltersOthers = !isFirst && filters !== this.#filters;
    this.#known = urls;
    this.#filters = filters;
    if (areOthers || areFiltersOthers) this.onChange();
  }

  async #change(statement: RawBuilder<unknown>, onMade: () => void): Promise<void> {
    this.#revision += 1;
    this.#changing += 1;
    try {
      await this.database.write(async (attempt) => {
        attempt.writes();
        await sql`
          WITH changed AS (${statement}) SELECT pg_notify(${CHANNEL}, ${this.#news})`.execute(attempt.db);
      });
      onMade();
    } finally {
      this.#revision += 1;
      this.#changing -= 1;
    }
    this.onChange();
  }
}

export async function urlsIn(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('sprayproxy_backend').select('url').orderBy('url').execute();
  return rows.map(({ url }) => url);
}

/** Text of the note with their filters. */
export async function filtersIn(db: Kysely<Tables>): Promise<string | undefined> {
  const note = db.selectFrom('sprayproxy_note').select('text').where('name', '=', BACKEND_FILTERS);
  return (await note.executeTakeFirst())?.text;
}

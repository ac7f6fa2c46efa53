import { type Kysely, sql } from 'kysely';

import { type Tables } from './tables.js';

/** Some 10 MB of keys. */
const MAX_KEYS = 100_000;

/** Read in one go: what else there is to do waits for a few ms. */
const PAGE = 5000;

/**
 * Identity keys of all that is kept, and of what is remembered and missed or awaited, as last heard: of a delivery that is
 * not among them nobody has to ask the database.
 */
export class KnownKeys {
  /** `undefined`: not read yet, or they are too many. */
  #keys: Set<string> | undefined;
  /** Those that came while they are being read. */
  #added: Set<string> | undefined;
  #loading: Promise<void> | undefined;

  constructor(private readonly max = MAX_KEYS) {}

  /**
   * Whether there may be something with this key. Where that is not known, only the database can say.
   * @param fault why the database could not be asked
   */
  mayKnow(key: string, fault: string | undefined): boolean {
    return this.#keys?.has(key) ?? fault === undefined;
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#keys?.add(key);
      this.#added?.add(key);
    }
    if ((this.#keys?.size ?? 0) > this.max) this.#keys = undefined;
  }

  /** Reads all of them, and forgets those that are there no more. @throws Error if the database fails: all is as before. */
  load(db: Kysely<Tables>): Promise<void> {
    this.#loading ??= this.#load(db).finally(() => {
      this.#loading = undefined;
      this.#added = undefined;
    });
    return this.#loading;
  }

  async #load(db: Kysely<Tables>): Promise<void> {
    const keys = new Set<string>();
    this.#added = new Set();
    for (let last = 0, more = true; more && keys.size <= this.max;) {
      const rows = await readOpen(db, last);
      for (const { identity_key } of rows) keys.add(identity_key);
      last = rows.at(-1)?.id ?? last;
      more = rows.length === PAGE;
    }
    for (const key of this.#added) keys.add(key);
    this.#keys = keys.size <= this.max ? keys : undefined;
  }
}

/** Of the index alone. */
const readOpen = (db: Kysely<Tables>, after: number) =>
  db
    .selectFrom('sprayproxy_delivery')
    .select(['id', 'identity_key'])
    .where(sql<boolean>`(kept OR missed OR awaited)`)
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE)
    .execute();

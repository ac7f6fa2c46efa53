import { type Kysely } from 'kysely';

import { type Tables } from './tables.js';

export class KnownKeys {
  readonly #keys = new Set<string>();

  mayKnow(key: string, fault: string | undefined): boolean {
    return fault === undefined || this.#keys.has(key);
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#keys.add(key);
  }

  load(_db: Kysely<Tables>): Promise<void> {
    return Promise.resolve();
  }
}

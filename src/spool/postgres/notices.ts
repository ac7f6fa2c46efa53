import { type Kysely, sql } from 'kysely';

import { type Clock } from '../../clock/clock.js';
import { CHANNEL, encode } from './message.js';
import { type Tables } from './tables.js';

const PAUSE_AFTER_FAILURE_MS = 1000;

/**
 * Tells other replicas what has been changed, after that was committed and awaited by nobody: a commit that notifies waits
 * for every other such commit to be on disk, one after the other. Who ends before he has told is gone, and others look.
 */
export class Notices {
  readonly #waiting = new Set<string>();
  #sending: Promise<void> | undefined;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly holder: string,
    private readonly clock: Clock,
  ) {}

  /** What is told while others are on their way goes with the next. */
  tell(messages: Iterable<string>): void {
    for (const message of messages) this.#waiting.add(message);
    if (this.#waiting.size > 0) this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
  }

  /** Resolves when all has been told, or could not be. */
  async close(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#waiting.size > 0) {
      const messages = [...this.#waiting];
      this.#waiting.clear();
      try {
        // Nothing is lost with it that would not be found by looking.
        await sql`
          SELECT set_config('synchronous_commit', 'off', true), pg_notify(${CHANNEL}, message)
          FROM unnest(${messages}::text[]) AS message`.execute(this.db);
      } catch {
        this.clock.after(PAUSE_AFTER_FAILURE_MS, () => {
          this.tell([encode(this.holder, { kind: 'look' })]);
        });
        return;
      }
    }
  }
}

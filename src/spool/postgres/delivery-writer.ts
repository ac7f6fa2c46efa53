import { randomInt } from 'node:crypto';

import { isKept } from '../../model/forward.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { eventsOf, type SpoolListeners } from '../spool-events.js';
import { type Change, type StoreOptions } from '../spool.js';
import { type Step } from '../steps.js';
import { type Untold } from '../untold.js';
import { type Attempt } from './attempt.js';
import { type Database } from './database.js';
import { KeyedQueue } from './keyed-queue.js';
import { encode } from './message.js';
import { type LastKnown } from './last-known.js';
import { newsOf } from './news.js';
import { type Notices } from './notices.js';
import { firstSliceOf, insertOtherSlices, SLICE_BYTES } from './payload-slices.js';
import { STORED_COLUMNS, storedFrom } from './rows.js';
import { type Tally } from './tally.js';
import { type Sent, wasMade } from './was-made.js';
import { changeDelivery, insertDelivery, MAX_FIRST_VERSION, type NewRow, wasStored } from './writes.js';

interface Options {
  readonly database: Database;
  readonly untold: Untold;
  readonly tally: Tally;
  readonly listeners: SpoolListeners;
  readonly holder: string;
  readonly notices: Notices;
  readonly lastKnown: LastKnown;
}

/** Stores and changes deliveries, and tells of it. */
export class DeliveryWriter {
  /** What this process does to one delivery would only get into its own way. */
  readonly #queue = new KeyedQueue<number>();

  constructor(private readonly options: Options) {}

  async store(
    stored: StoredDelivery,
    payload: Buffer,
    { awaited = false, until }: Pick<StoreOptions, 'awaited' | 'until'>,
  ): Promise<void> {
    const { database, tally, lastKnown } = this.options;
    const { delivery } = stored;
    tally.reserve(delivery);
    await this.#telling(async (begin) => {
      begin(delivery.id, undefined);
      const version = randomInt(1_000_000, MAX_FIRST_VERSION);
      try {
        await database.write(
          (attempt) => this.#insert(attempt, { stored, awaited, version }, payload),
          until,
        );
      } catch (error) {
        tally.giveBack(delivery);
        throw error;
      }
      lastKnown.set(delivery.id, { stored, version });
      return { before: undefined, after: stored };
    });
  }

  /**
   * Makes a change to what is there then: if it is another by the time that the change is sent, to that.
   * @param prepare is awaited after each time that it was read
   */
  change(
    id: number,
    step: Step,
    prepare: (before: StoredDelivery) => Promise<void> = () => Promise.resolve(),
  ): Promise<Change | undefined> {
    return this.#queue.run(id, () =>
      this.#telling(async (begin) => {
        const { database, lastKnown } = this.options;
        let sent: Sent | undefined;
        return database.write(async (attempt) => {
          for (;;) {
            const guess = sent === undefined ? lastKnown.get(id) : undefined;
            lastKnown.delete(id);
            const now = guess ?? (await this.#read(attempt, id));
            if (sent !== undefined && wasMade(sent, now)) return sent;
            if (now === undefined || ('isKept' in now && !now.isKept)) return undefined;
            const before = now.stored;
            await prepare(before);
            const after = step(before);
            if (after === undefined && now === guess) continue;
            if (after === undefined) return undefined;
            begin(id, before);
            sent = { before, after, version: now.version };
            if (await this.#send(attempt, sent)) {
              if (after.forwards.some(isKept)) lastKnown.set(id, { stored: after, version: now.version + 1 });
              return sent;
            }
            sent = undefined;
          }
        });
      }),
    );
  }

  async #insert(attempt: Attempt, row: Omit<NewRow, 'firstSlice'>, payload: Buffer): Promise<void> {
    const { version } = row;
    const { id } = row.stored.delivery;
    const whole = { ...row, firstSlice: firstSliceOf(payload) };
    attempt.writes();
    const isMade =
      payload.length <= SLICE_BYTES
        ? await insertDelivery(attempt.db, whole)
        : await attempt.db.transaction().execute(async (db) => {
            const isFirst = await insertDelivery(db, whole);
            if (!isFirst) return false;
            await insertOtherSlices(db, id, payload, () => {
              attempt.writes();
            });
            // The commit is one more.
            attempt.writes();
            return true;
          });
    if (isMade || (await wasStored(attempt.db, id, version))) return;
    throw new SprayproxyError('spool-failed', `there is a delivery ${id} in the spool already`);
  }

  async #read({ db }: Attempt, id: number) {
    const row = await db
      .selectFrom('sprayproxy_delivery')
      .select([...STORED_COLUMNS, 'kept', 'version'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && { stored: storedFrom(row), isKept: row.kept, version: row.version };
  }

  #send(attempt: Attempt, { before, after, version }: Sent): Promise<boolean> {
    attempt.writes();
    return changeDelivery(attempt.db, { before, after, version });
  }

  /** @param write calls `begin` before anything can be changed */
  async #telling<T extends { before: StoredDelivery | undefined; after: StoredDelivery }>(
    write: (begin: (id: number, before: StoredDelivery | undefined) => void) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { untold, tally, notices, holder } = this.options;
    let begun: number | undefined;
    try {
      const change = await write((id, before) => {
        if (begun !== undefined) return;
        untold.begin(id, before);
        tally.begin();
        begun = id;
      });
      if (begun === undefined) return undefined;
      if (change === undefined) untold.failed(begun);
      else this.#made(change.before, change.after);
      return change;
    } catch (error) {
      if (begun !== undefined) untold.failed(begun);
      // It may have been made.
      notices.tell([encode(holder, { kind: 'look' })]);
      throw error;
    } finally {
      if (begun !== undefined) tally.end();
    }
  }

  /** It is on disk: from now on everybody sees it. */
  #made(before: StoredDelivery | undefined, after: StoredDelivery): void {
    const { untold, tally, listeners, notices, holder } = this.options;
    const { id } = after.delivery;
    const stays = after.forwards.some(isKept);
    tally.made(before, after);
    // Who is told of something finds it; what is over is there until everybody has been told.
    if (stays) untold.made(id, after);
    listeners.tell(eventsOf(before, after));
    if (!stays) untold.made(id, undefined);
    notices.tell(newsOf(holder, before, after));
  }
}

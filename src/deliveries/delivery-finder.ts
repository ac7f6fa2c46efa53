import { Inject, Injectable, Optional } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { Journal } from '../spool/journal.js';
import { Spool } from '../spool/spool.js';
import { MAX_GUID_LENGTH, type StoredDelivery } from '../model/stored-delivery.js';
import { matches } from './delivery-filter.js';
import { type ListQuery, parseId } from './list-query.js';

/** Deliveries looked at for one request: what remains is for the next, by the cursor. */
const MAX_SCANNED = 2000;

/** Deliveries read in one go: a webhook that comes meanwhile waits that long, a few ms. */
const CHUNK = 200;

export interface FoundPage {
  readonly found: readonly StoredDelivery[];
  /** The list goes on below this id. `undefined`: there are no more. */
  readonly next?: number;
}

/** Finds deliveries: in the spool those with something owed or dead, in the journal those that are over. */
@Injectable()
export class DeliveryFinder {
  constructor(
    private readonly journal: Journal,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /**
   * @param id as a client gave it
   * @throws SprayproxyError `delivery-unknown`
   */
  async get(id: string): Promise<StoredDelivery> {
    const found = await this.find(parseId(id) ?? 0);
    if (found === undefined) throw new SprayproxyError('delivery-unknown', 'no such delivery');
    return found;
  }

  async find(id: number): Promise<StoredDelivery | undefined> {
    // In this order: a delivery goes from the spool to the journal.
    return (await this.spool?.get(id)) ?? this.journal.get(id);
  }

  async list(query: ListQuery): Promise<FoundPage> {
    const found: StoredDelivery[] = [];
    // No id is below the µs of its reception.
    const oldest = (query.since ?? 0) * 1000;
    let scanned = 0;
    for await (const stored of query.guid === undefined || query.guid.length > MAX_GUID_LENGTH
      ? this.#newestFirst(query.before)
      : this.#ofGuid(query.guid, query.before)) {
      const { id } = stored.delivery;
      if (id < oldest) break;
      if (matches(stored, query)) {
        const last = found.at(-1);
        if (last !== undefined && found.length === query.limit) return { found, next: last.delivery.id };
        found.push(stored);
      }
      scanned += 1;
      if (scanned === MAX_SCANNED) return { found, next: id };
    }
    return { found };
  }

  async *#newestFirst(before: number): AsyncGenerator<StoredDelivery> {
    for (let above = before; above > 0;) {
      const spooled = (await this.spool?.list(above, CHUNK)) ?? [];
      const end = spooled.length < CHUNK ? 0 : (spooled.at(-1)?.delivery.id ?? 0);
      const from = above;
      yield* merged(
        spooled,
        this.journal.list().filter(({ delivery: { id } }) => id < from && id >= end),
      );
      above = end;
      await setImmediate();
    }
  }

  async *#ofGuid(guid: string, before: number): AsyncGenerator<StoredDelivery> {
    const spooled = (await this.spool?.find(guid)) ?? [];
    const over = this.journal.list().filter(({ delivery }) => delivery.guid === guid);
    yield* merged(spooled, over).filter(({ delivery }) => delivery.id < before);
  }
}

/** Newest first, each once. */
function merged(spooled: readonly StoredDelivery[], over: readonly StoredDelivery[]): StoredDelivery[] {
  const byId = new Map([...over, ...spooled].map((stored) => [stored.delivery.id, stored]));
  return [...byId.values()].sort((a, b) => b.delivery.id - a.delivery.id);
}

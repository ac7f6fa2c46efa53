import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { RecentDeliveries } from '../forwarding/recent/recent-deliveries.js';
import { Spool } from '../spool/spool.js';
import { MAX_GUID_LENGTH } from '../model/identity.js';
import { parseRecoveryNote, recoveryNoteName } from '../model/recovery-note.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { matches } from '../model/delivery-filter.js';
import { type ListQuery, parseId } from './list-query.js';

/** Deliveries looked at for one request: what remains is for the next, by the cursor. */
const MAX_SCANNED = 2000;

/** Deliveries read in one go: a webhook that comes meanwhile waits that long, a few ms. */
const CHUNK = 200;

/** A delivery, and whether it can be sent again from here. */
export interface FoundDelivery extends StoredDelivery {
  readonly payloadKept: boolean;
  /** When GitHub could not deliver it and was asked to send it again, ms since the epoch. */
  readonly recoveredFrom?: number;
}

export interface FoundPage {
  readonly found: readonly FoundDelivery[];
  /** The list goes on below this id. `undefined`: there are no more. */
  readonly next?: number;
}

/** Finds deliveries: in the spool those that some backend misses, in memory those that are over or that nothing keeps. */
@Injectable()
export class DeliveryFinder {
  constructor(
    private readonly recent: RecentDeliveries,
    private readonly spool: Spool,
  ) {}

  /**
   * @param id as a client gave it
   * @throws SprayproxyError `delivery-unknown`
   */
  async get(id: string): Promise<FoundDelivery> {
    const known = await this.find(parseId(id) ?? 0);
    const [found] = await this.#withRecovery(known === undefined ? [] : [known]);
    if (found === undefined) throw new SprayproxyError('delivery-unknown', 'no such delivery');
    return found;
  }

  async find(id: number): Promise<FoundDelivery | undefined> {
    // In this order: a delivery goes from the spool to memory.
    const spooled = await this.spool.get(id);
    if (spooled !== undefined) return kept(spooled);
    const over = this.recent.get(id) ?? (await this.spool.past(id));
    return over && { ...over, payloadKept: false };
  }

  async list(query: ListQuery): Promise<FoundPage> {
    const { found, ...page } = await this.#page(query);
    return { found: await this.#withRecovery(found), ...page };
  }

  async #withRecovery(found: readonly FoundDelivery[]): Promise<FoundDelivery[]> {
    const nameOf = ({ delivery: { guid } }: FoundDelivery) =>
      guid === undefined || guid.length > MAX_GUID_LENGTH ? [] : recoveryNoteName(guid);
    const notes = await this.spool.noted(found.flatMap(nameOf));
    return found.map((each) => {
      const note = parseRecoveryNote(notes.get([nameOf(each)].flat()[0] ?? ''));
      return note === undefined || note.requests === 0 ? each : { ...each, recoveredFrom: note.failedAt };
    });
  }

  async #page(query: ListQuery): Promise<FoundPage> {
    const found: FoundDelivery[] = [];
    // No id is below the µs of its reception.
    const oldest = (query.since ?? 0) * 1000;
    let scanned = 0;
    for await (const stored of query.guid === undefined || query.guid.length > MAX_GUID_LENGTH
      ? this.#newestFirst(query)
      : this.#ofGuid(query.guid, query)) {
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

  async *#newestFirst({ before, limit, ...filter }: ListQuery): AsyncGenerator<FoundDelivery> {
    for (let above = before; above > 0;) {
      const spooled = await this.spool.list(above, CHUNK, filter);
      const past = await this.spool.listPast(above, CHUNK, filter);
      const over = this.recent.list(above, CHUNK);
      const end = Math.max(...[spooled, past, over].map(endOf));
      const from = above;
      yield* merged(spooled, [...past, ...over]).filter(({ delivery: { id } }) => id < from && id >= end);
      above = end;
      await setImmediate();
    }
  }

  async *#ofGuid(guid: string, { before, limit, ...filter }: ListQuery): AsyncGenerator<FoundDelivery> {
    const spooled = await this.spool.find(guid);
    const past = await this.spool.listPast(before, CHUNK, filter);
    const over = this.recent.list().filter(({ delivery }) => delivery.guid === guid);
    yield* merged(spooled, [...past, ...over]).filter(({ delivery }) => delivery.id < before);
  }
}

/** The id above which a chunk has all there are. */
const endOf = (chunk: readonly StoredDelivery[]): number =>
  chunk.length < CHUNK ? 0 : (chunk.at(-1)?.delivery.id ?? 0);

/** Newest first, each once. */
function merged(spooled: readonly StoredDelivery[], over: readonly StoredDelivery[]): FoundDelivery[] {
  const found = [...over.map((stored) => ({ ...stored, payloadKept: false })), ...spooled.map(kept)];
  const byId = new Map(found.map((each) => [each.delivery.id, each]));
  return [...byId.values()].sort((a, b) => b.delivery.id - a.delivery.id);
}

const kept = (stored: StoredDelivery): FoundDelivery => ({ ...stored, payloadKept: true });

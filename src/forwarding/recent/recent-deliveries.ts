import { Injectable } from '@nestjs/common';

import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { type AttemptRecord, isKept, isRunning, settle } from '../../model/forward.js';
import { Identity } from '../../model/identity.js';
import { IdentityMap } from '../../model/identity-map.js';
import { type Recent } from '../../model/recent.js';
import { inShort, sizeOf, type StoredDelivery } from '../../model/stored-delivery.js';
import { Spool } from '../../spool/spool.js';
import { type Report } from '../../model/report.js';
import { Remembering } from './remembering.js';

/** Bound of all that is remembered: some 7,000 deliveries to three backends. */
export const MAX_BYTES = 8 * 1024 * 1024;

/** Bound of those whose redelivery is to go to some backends only. */
export const MAX_MISSED = 10_000;

/** What a delivery takes that the spool has, or of which nobody asks more than whether it was served. */
const BARE_BYTES = 300;

/** A delivery that is not answered yet. */
export interface UnderWay {
  readonly report: Promise<Report>;
  /** How often it has been sent in a row, each time because it had come again before the last one failed. */
  readonly round: number;
}

/**
 * Memory of what is over, and of what is missing somewhere and nobody keeps: so that a redelivery goes to those who miss it
 * and to nobody else, and so that somebody can be told what became of a delivery. Bounded; the oldest go first, and those
 * that nobody misses before the others.
 */
@Injectable()
export class RecentDeliveries {
  readonly #underWay = new IdentityMap<UnderWay>();
  readonly #missed = new Map<number, Recent>();
  readonly #missedByIdentity = new IdentityMap<Recent>();
  readonly #over = new Map<number, Recent>();
  readonly #maxOver: number;
  #bytes = 0;

  constructor(
    config: SprayproxyConfig,
    private readonly spool: Spool,
    private readonly remembering: Remembering,
  ) {
    this.#maxOver = config.deliveriesEnabled ? config.journalSize : 0;
    spool.watch((event) => {
      if (event.kind === 'over' && !spool.remembers) this.remember(event.delivery);
    });
    // From then on others may change it, and the spool knows best.
    remembering.onWritten = (recent) => {
      const { stored, awaited } = this.#recent(recent.id) ?? {};
      const isWritten = stored === recent.stored && awaited === recent.awaited;
      if (isWritten && stored?.forwards.some(isRunning) !== true) this.#forget(recent.id);
    };
  }

  /** Whether those are remembered too that went well. */
  get remembersAll(): boolean {
    return this.#maxOver > 0;
  }

  /** What the same delivery, come in before and not answered yet, will be answered. */
  unanswered(identity: Identity): UnderWay | undefined {
    return this.#underWay.get(identity);
  }

  async untilAnswered(identity: Identity, underWay: UnderWay): Promise<Report> {
    this.#underWay.add(identity, underWay);
    try {
      return await underWay.report;
    } finally {
      this.#underWay.remove(identity, underWay);
    }
  }

  /**
   * The delivery that this one repeats, if that was missed by somebody or its sender does not know that it was not.
   * @throws SprayproxyError `spool-failed`: another process may know it, and it cannot be found out.
   */
  async find(identity: Identity): Promise<Recent | undefined> {
    const known = this.#missedByIdentity.get(identity);
    if (known !== undefined || !this.spool.mayKnow(identity.key)) return known;
    const recalled = await this.spool.recall(identity.key);
    return recalled.find((recent) => recent.identity.equals(identity));
  }

  /** @param awaited absent: as before */
  remember(stored: StoredDelivery, awaited?: boolean): void {
    const { id } = stored.delivery;
    const known = this.#forget(id);
    this.#put({
      id,
      identity: Identity.ofRecord(stored.delivery),
      stored: inShort(stored),
      awaited: awaited ?? known?.awaited ?? false,
    });
  }

  /**
   * Whether the sender of a delivery has heard that it was taken.
   * @param id absent: it has none
   * @param isKnown whether the spool may remember it as awaited
   */
  heard(identity: Identity, id: number | undefined, heard: boolean, isKnown: boolean): void {
    const known = this.#recent(id ?? this.#missedByIdentity.get(identity)?.id);
    const mayBeAwaited = isKnown && this.spool.remembers;
    if (known?.awaited === !heard || (known === undefined && heard && !mayBeAwaited)) return;
    const recent = known ?? { id: id ?? this.spool.nextId(0), identity: identity.bare() };
    this.#forget(recent.id);
    this.#put({ ...recent, awaited: !heard });
  }

  /** An attempt has ended after the answer. */
  settleLate(id: number, backend: string, attempt: AttemptRecord): void {
    const { stored, awaited } = this.#missed.get(id) ?? {};
    if (stored === undefined) return;
    // Nobody sends it again, whatever came of it.
    const rules = { guarantee: 'at-most-once', othersGotThrough: false } as const;
    const forwards = stored.forwards.map((forward) =>
      forward.backend === backend ? settle(forward, attempt, rules) : forward,
    );
    this.remember({ ...stored, forwards }, awaited);
  }

  /** Of what is remembered only some forwards are wanted any more, or none. */
  replace(stored: StoredDelivery): void {
    if (stored.forwards.length === 0) this.forget(stored.delivery.id);
    else this.remember(stored);
  }

  /** Nobody wants it any more. */
  forget(id: number): void {
    this.#forget(id);
    this.remembering.forget(id);
  }

  /** The spool keeps it now. */
  drop(id: number): void {
    this.#forget(id);
    this.remembering.drop(id, 'kept');
  }

  get(id: number): StoredDelivery | undefined {
    return this.#recent(id)?.stored;
  }

  /** What is remembered here under a GUID. */
  about(guid: string): Recent[] {
    return [this.#missed, this.#over].flatMap((recents) =>
      [...recents.values()].filter(({ identity }) => identity.key === guid),
    );
  }

  /** Those with an id below `before`, the highest first. */
  list(before = Infinity, limit = Infinity): StoredDelivery[] {
    return [...this.#missed.values(), ...this.#over.values()]
      .map(({ id, stored }) => (id < before ? stored : undefined))
      .filter((stored) => stored !== undefined)
      .sort((a, b) => b.delivery.id - a.delivery.id)
      .slice(0, limit);
  }

  #recent(id: number | undefined): Recent | undefined {
    return id === undefined ? undefined : (this.#missed.get(id) ?? this.#over.get(id));
  }

  #put(recent: Recent): void {
    this.remembering.add(recent);
    if (recent.awaited || recent.stored?.forwards.some(isKept)) {
      this.#missed.set(recent.id, recent);
      this.#missedByIdentity.add(recent.identity, recent);
    } else if (this.remembersAll && recent.stored !== undefined) {
      this.#over.set(recent.id, recent);
    } else {
      return;
    }
    this.#bytes += bytesOf(recent);
    while (this.#over.size > this.#maxOver || (this.#bytes > MAX_BYTES && this.#over.size > 0)) {
      this.#forgetOldest(this.#over);
    }
    while (this.#missed.size > MAX_MISSED || this.#bytes > MAX_BYTES) this.#forgetOldest(this.#missed);
  }

  #forgetOldest(recents: ReadonlyMap<number, Recent>): void {
    const [oldest] = recents.keys();
    if (oldest === undefined) return;
    this.#forget(oldest);
    this.remembering.drop(oldest, 'no room');
  }

  #forget(id: number): Recent | undefined {
    const recent = this.#recent(id);
    if (recent === undefined) return undefined;
    this.#bytes -= bytesOf(recent);
    this.#over.delete(id);
    if (this.#missed.delete(id)) this.#missedByIdentity.remove(recent.identity, recent);
    return recent;
  }
}

const bytesOf = ({ stored }: Recent): number => (stored === undefined ? BARE_BYTES : sizeOf(stored));

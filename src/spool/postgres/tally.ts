import { type Kysely, sql } from 'kysely';

import { type Clock } from '../../clock/clock.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { isKept } from '../../model/forward.js';
import { type DeliveryRecord, type StoredDelivery } from '../../model/stored-delivery.js';
import { KeptCounts } from '../counts.js';
import { BYTES_PER_DELIVERY, deliveryBytes } from '../delivery-bytes.js';
import { type ForwardCounts } from '../spool.js';
import { type Tables } from './tables.js';

interface Options {
  readonly clock: Clock;
  readonly maxBytes: number;
  /** Hears that others owe something to a backend, where nobody has said so. */
  readonly onOwed: (backend: string, latest: number) => void;
}

interface CountRow {
  readonly backend: string;
  readonly state: keyof ForwardCounts;
  readonly count: number;
  /** Those that somebody is attempting. */
  readonly running: number;
  /** Id of a delivery. */
  readonly latest: number;
}

/** Where own changes are in the way for so long, what others do counts for more than that it is exact. */
const MAX_INEXACT_AFTER_MS = 10_000;

/** How much is kept: as last read, and with the own changes since. */
export class Tally {
  bytes = 0;
  counts = new KeptCounts();
  #latest = new Map<string, number>();
  /** One more when an own change begins, and when it ends. */
  #revision = 0;
  #changing = 0;
  /** Monotonic. */
  #takenAt: number;

  constructor(private readonly options: Options) {
    this.#takenAt = options.clock.monotonic();
  }

  /** Takes the room for a delivery before it is written. @throws SprayproxyError `spool-full` */
  reserve(delivery: Pick<DeliveryRecord, 'payloadBytes'>): void {
    const bytes = deliveryBytes(delivery);
    const { maxBytes } = this.options;
    if (this.bytes + bytes > maxBytes) {
      throw new SprayproxyError('spool-full', `the spool holds ${this.bytes} of ${maxBytes} bytes`);
    }
    this.bytes += bytes;
  }

  giveBack(delivery: Pick<DeliveryRecord, 'payloadBytes'>): void {
    this.bytes -= deliveryBytes(delivery);
  }

  /** What is read meanwhile may have it or not. */
  begin(): void {
    this.#revision += 1;
    this.#changing += 1;
  }

  end(): void {
    this.#revision += 1;
    this.#changing -= 1;
  }

  made(before: StoredDelivery | undefined, after: StoredDelivery): void {
    if (before !== undefined) this.counts.add(before.forwards, -1);
    this.counts.add(after.forwards);
    const { id } = after.delivery;
    for (const { backend } of after.forwards)
      this.#latest.set(backend, Math.max(id, this.#latest.get(backend) ?? 0));
    if (!after.forwards.some(isKept)) this.giveBack(after.delivery);
  }

  /**
   * Reads all of it.
   * @param tells whether what others owe is news
   * @returns `false`: own changes were in the way, and it is to be read again
   */
  async look(db: Kysely<Tables>, tells: boolean): Promise<boolean> {
    const { clock } = this.options;
    const revision = this.#revision;
    const isAlone = this.#changing === 0;
    const found = await read(db);
    const isExact = isAlone && revision === this.#revision;
    if (isExact || clock.monotonic() - this.#takenAt > MAX_INEXACT_AFTER_MS) {
      this.#takenAt = clock.monotonic();
      this.#take(found, tells);
    }
    return isExact;
  }

  #take({ bytes, rows }: Found, tells: boolean): void {
    const before = this.counts;
    this.bytes = bytes;
    this.counts = new KeptCounts();
    for (const { backend, state, count, running } of rows) {
      this.counts.count(backend, state, count);
      if (state === 'owed') this.counts.count(backend, 'running', running);
    }
    for (const { backend, state, count, running, latest } of rows) {
      if (state !== 'owed') continue;
      const { owed, running: wereRunning } = before.get(backend) ?? { owed: 0, running: 0 };
      const isMore = count > owed || count - running > owed - wereRunning;
      const isNews = isMore || latest > (this.#latest.get(backend) ?? 0);
      this.#latest.set(backend, latest);
      if (tells && isNews) this.options.onOwed(backend, latest);
    }
  }
}

interface Found {
  readonly bytes: number;
  readonly rows: readonly CountRow[];
}

/** In one statement, so that all of it is of one moment. */
async function read(db: Kysely<Tables>): Promise<Found> {
  const { rows } = await sql<{ bytes: number; rows: readonly CountRow[] }>`
    SELECT
      (SELECT coalesce(sum(payload_bytes) + count(*) * ${BYTES_PER_DELIVERY}::bigint, 0)
        FROM sprayproxy_delivery WHERE kept)::bigint AS bytes,
      (SELECT coalesce(json_agg(each), '[]') FROM (
        SELECT backend, state, count(*), count(*) FILTER (WHERE running) AS running, max(delivery_id) AS latest
        FROM sprayproxy_forward GROUP BY backend, state
      ) AS each) AS rows`.execute(db);
  return rows[0] ?? { bytes: 0, rows: [] };
}

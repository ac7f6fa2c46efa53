import { sql } from 'kysely';

import { type Forward, isRunning } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type SpoolListeners } from '../spool-events.js';
import { toUnclaim } from '../steps.js';
import { Channel } from './channel.js';
import { STATEMENT_TIMEOUT_MS } from './connections.js';
import { Contact } from './contact.js';
import { type Database } from './database.js';
import { reasonOf, verdictOf } from './database-error.js';
import { type DeliveryWriter } from './delivery-writer.js';
import { KnownKeys } from './known-keys.js';
import { Memory } from './memory.js';
import { CHANNEL, encode, type Message } from './message.js';
import { type PostgresSpoolOptions } from './postgres-spool-options.js';
import { Refresher } from './refresher.js';
import { type RegisteredBackends } from './registered-backends.js';
import { Replicas } from './replicas.js';
import { type SlotIds } from './slot-ids.js';
import { prepareDatabase } from './start.js';
import { type Tally } from './tally.js';
import { type Unclaimed } from './unclaimed.js';

interface Options extends PostgresSpoolOptions {
  readonly database: Database;
  readonly holder: string;
  readonly listeners: SpoolListeners;
  readonly tally: Tally;
  readonly backends: RegisteredBackends;
  readonly unclaimed: Unclaimed;
  readonly ids: SlotIds;
  readonly writer: DeliveryWriter;
}

interface Claim {
  readonly id: number;
  readonly backend: string;
  readonly at: number;
}

/** This process as one of those that use the database: it stays in contact, and hears what the others do. */
export class Membership {
  readonly replicas: Replicas;
  readonly #contact: Contact;
  readonly #channel: Channel;
  readonly #keys = new KnownKeys();
  readonly #refresher: Refresher;
  /** Whether others may have changed something that no message has told of. */
  #mayHaveMissed = true;
  #isAnnounced = true;
  /** Claims of which nobody knows whether they were made, and since when (monotonic); nothing is attempted by them. */
  readonly #unsureClaims = new Map<Claim, number>();

  constructor(private readonly options: Options) {
    const { clock, holder, listeners, unclaimed, database, connections } = options;
    this.replicas = new Replicas({
      db: database.db,
      clock,
      holder,
      onChange: () => {
        unclaimed.tellAll();
        listeners.tell([{ kind: 'owners' }]);
      },
    });
    this.#contact = new Contact({
      clock,
      reach: () => this.#reach(),
      beat: (hadFault) => this.#beat(hadFault),
      onLost: () => {
        this.replicas.contactLost();
        listeners.tell([{ kind: 'lost' }]);
      },
      onFound: () => {
        this.#missed();
        listeners.tell([{ kind: 'found' }, { kind: 'backends' }, { kind: 'owners' }]);
      },
      onUnusable: options.onUnusable,
    });
    this.#channel = new Channel({
      connect: () => connections.connect(),
      send: (payload) => this.#send(payload),
      holder,
      clock,
      onMessage: (message) => {
        this.#hear(message);
      },
      onListening: (listening) => {
        if (listening) this.#missed();
      },
    });
    this.#refresher = new Refresher(clock, () => this.#look());
  }

  get fault(): string | undefined {
    return this.#contact.fault;
  }

  get isReached(): boolean {
    return this.#contact.isReached;
  }

  lost(reason: string): void {
    this.#contact.lost(reason);
  }

  /** @throws SpoolUnusableError */
  async begin(): Promise<void> {
    await this.#contact.start();
    this.#channel.start();
  }

  mayKnow(key: string): boolean {
    return this.#keys.mayKnow(key, this.fault);
  }

  /** What is stored by this process. */
  knows(key: string): void {
    this.#keys.add([key]);
  }

  announce(backends: readonly string[]): void {
    this.replicas.announce(backends);
    this.#isAnnounced = false;
    this.#contact.wake();
  }

  async retire(): Promise<void> {
    await this.replicas.retire().catch(() => undefined);
    await this.#tell({ kind: 'replicas' });
  }

  mayHaveClaimed(claim: Claim): void {
    this.#unsureClaims.set(claim, this.options.clock.monotonic());
  }

  /** Makes sure that all are known who have a claim: some may have come since it was last read who is there. */
  async knowHolders(deliveries: readonly StoredDelivery[]): Promise<void> {
    const holders = deliveries.flatMap(({ forwards }) => forwards.filter(isRunning));
    if (holders.every(({ claimedBy }) => this.replicas.isThere(claimedBy))) return;
    await this.options.database.read(() => this.replicas.beat());
  }

  isAbandoned({ forwards }: StoredDelivery): boolean {
    return forwards.some((forward) => isRunning(forward) && !this.replicas.isThere(forward.claimedBy));
  }

  isRunningElsewhere(forward: Forward): boolean {
    const { claimedBy } = forward;
    return isRunning(forward) && claimedBy !== this.options.holder && this.replicas.isThere(claimedBy);
  }

  /** Never rejects. */
  async end(): Promise<void> {
    await Promise.all([this.#contact.stop(), this.#channel.stop(), this.#refresher.stop()]);
    if (!this.isReached) return;
    await this.replicas.leave().catch(() => undefined);
    await this.#tell({ kind: 'replicas' });
  }

  async #reach(): Promise<void> {
    const { database, connections, allowAsyncCommit, tally, ids, backends } = this.options;
    const { db } = database;
    await prepareDatabase({ db, place: connections.place, allowAsyncCommit });
    await this.replicas.join();
    const { rows } = await sql<{ last: number }>`
      SELECT greatest(last_id, (SELECT max(id) FROM sprayproxy_delivery)) AS last FROM sprayproxy_schema
    `.execute(db);
    ids.startAbove(rows[0]?.last ?? 0);
    await tally.look(db, false);
    await backends.look(db);
    await this.#keys.load(db);
    this.#mayHaveMissed = false;
    await this.#tell({ kind: 'replicas' });
  }

  async #beat(hadFault: boolean): Promise<void> {
    const { database, holder } = this.options;
    // What can be read need not be writable.
    if (hadFault) {
      const own = database.db.updateTable('sprayproxy_replica').where('holder', '=', holder);
      await own.set({ heartbeat_at: sql`clock_timestamp()` }).execute();
    }
    await this.replicas.beat();
    if (!this.#isAnnounced) {
      this.#isAnnounced = true;
      await this.#tell({ kind: 'replicas' });
    }
    if (!this.#channel.listening && !hadFault) this.#missed();
    if (!hadFault) void this.#unclaim();
  }

  #hear(message: Message): void {
    const { listeners, unclaimed } = this.options;
    switch (message.kind) {
      case 'owed':
        this.#keys.add([message.identityKey]);
        listeners.tell([{ kind: 'owed', backend: message.backend, id: message.id }]);
        this.#refresher.ask();
        return;
      case 'changed':
        unclaimed.tell(message.id);
        void this.#hearOfEnd(message.id);
        this.#refresher.ask();
        return;
      case 'remembered':
        this.#keys.add(message.keys);
        return;
      case 'backends':
        listeners.tell([{ kind: 'backends' }]);
        return;
      case 'replicas':
        this.#contact.wake();
        return;
      case 'look':
        this.#contact.wake();
        this.#missed();
        return;
      default:
        message satisfies never;
    }
  }

  /** Tells of a delivery that has left by what others have done. */
  async #hearOfEnd(id: number): Promise<void> {
    const { database, listeners } = this.options;
    const delivery = await database.read((db) => new Memory(db).past(id)).catch(() => undefined);
    if (delivery !== undefined) listeners.tell([{ kind: 'over', delivery }]);
  }

  #missed(): void {
    this.#mayHaveMissed = true;
    this.#refresher.ask();
  }

  async #look(): Promise<void> {
    const { database, tally, backends, unclaimed } = this.options;
    const { db } = database;
    const hasMissed = this.#mayHaveMissed;
    this.#mayHaveMissed = false;
    try {
      await tally.look(db, hasMissed);
      if (!hasMissed) return;
      unclaimed.tellAll();
      await backends.look(db);
      await this.#keys.load(db);
    } catch (error) {
      this.#mayHaveMissed = hasMissed;
      if (verdictOf(error) === 'away') this.lost(reasonOf(error));
    }
  }

  async #unclaim(): Promise<void> {
    const { writer, holder, listeners, clock } = this.options;
    for (const [claim, since] of this.#unsureClaims) {
      const { id, backend, at } = claim;
      const change = await writer.change(id, toUnclaim(backend, at, holder)).catch(() => null);
      if (change) listeners.tell([{ kind: 'owed', backend, id }]);
      // A statement that nobody waits for any more may still be made for a while.
      const isOver = change !== null && clock.monotonic() - since > 2 * STATEMENT_TIMEOUT_MS;
      if (change || isOver) this.#unsureClaims.delete(claim);
    }
  }

  /** Whoever does not hear of it finds out. */
  async #tell(message: Message): Promise<void> {
    await this.#send(encode(this.options.holder, message)).catch(() => undefined);
  }

  #send(payload: string): Promise<unknown> {
    return sql`SELECT pg_notify(${CHANNEL}, ${payload})`.execute(this.options.database.db);
  }
}

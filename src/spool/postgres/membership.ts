import { sql } from 'kysely';

import { type Forward, isKept, isRunning } from '../../model/forward.js';
import { type Recent } from '../../model/recent.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type SpoolListeners } from '../spool-events.js';
import { Channel } from './channel.js';
import { Contact } from './contact.js';
import { type Database } from './database.js';
import { reasonOf, verdictOf } from './database-error.js';
import { type DeliveryWriter } from './delivery-writer.js';
import { Memory } from './memory.js';
import { CHANNEL, encode, type Message } from './message.js';
import { type Notes } from './notes.js';
import { type Notices } from './notices.js';
import { Outlook } from './outlook.js';
import { type PostgresSpoolOptions } from './postgres-spool-options.js';
import { type RegisteredBackends } from './registered-backends.js';
import { Replicas } from './replicas.js';
import { type SlotIds } from './slot-ids.js';
import { prepareDatabase } from './start.js';
import { type Tally } from './tally.js';
import { Trimmer } from './trimmer.js';
import { type Unclaimed } from './unclaimed.js';
import { UnsureClaims } from './unsure-claims.js';
import { UnsureStores } from './unsure-stores.js';

interface Options extends PostgresSpoolOptions {
  readonly database: Database;
  readonly holder: string;
  readonly listeners: SpoolListeners;
  readonly tally: Tally;
  readonly backends: RegisteredBackends;
  readonly notes: Notes;
  readonly unclaimed: Unclaimed;
  readonly ids: SlotIds;
  readonly writer: DeliveryWriter;
  readonly notices: Notices;
}

/** Room for three of the longest, or for 40 of GitHub's. */
const KEYS_PER_MESSAGE = 15;

/** What is to be done by one process is drained by one, as a backend is. */
const TRIMMING = 'trimming';

/** This process as one of those that use the database: it stays in contact, and hears what the others do. */
export class Membership {
  readonly replicas: Replicas;
  readonly outlook: Outlook;
  readonly #contact: Contact;
  readonly #channel: Channel;
  readonly #unsureClaims: UnsureClaims;
  readonly #unsureStores: UnsureStores;
  readonly #trimmer: Trimmer;
  #isAnnounced = true;

  constructor(private readonly options: Options) {
    const { clock, holder, listeners, unclaimed, database, connections } = options;
    this.replicas = new Replicas({
      db: database.db,
      clock,
      holder,
      onChange: () => {
        unclaimed.tellAll();
        listeners.tell([{ kind: 'owners' }]);
        // One that has gone may have told nobody of the last that it did.
        this.outlook.missed();
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
        this.outlook.missed();
        listeners.tell([{ kind: 'found' }, { kind: 'backends' }, { kind: 'owners' }]);
      },
      onUnusable: options.onUnusable,
    });
    this.#channel = new Channel({
      connect: () => connections.connect(),
      send: (payload) => sql`SELECT pg_notify(${CHANNEL}, ${payload})`.execute(database.db),
      holder,
      clock,
      onMessage: (message) => {
        this.outlook.hear(message);
      },
      onListening: (listening) => {
        if (listening) this.outlook.missed();
      },
    });
    this.outlook = new Outlook({
      ...options,
      isUntold: () => !this.#channel.listening && !this.#channel.isDeaf,
      faultOf: () => this.fault,
      onReplicas: () => {
        this.#contact.wake();
      },
      onError: (error) => {
        if (verdictOf(error) === 'away') this.lost(reasonOf(error));
      },
    });
    this.#unsureClaims = new UnsureClaims(options);
    this.#unsureStores = new UnsureStores({
      ...options,
      onStored: async (recent) => {
        await new Memory(database.db).remember([recent]);
        this.outlook.missed();
      },
    });
    const isOwn = () => this.fault === undefined && this.replicas.drains(TRIMMING);
    this.#trimmer = new Trimmer({ ...options, db: database.db, isOwn });
  }

  get fault(): string | undefined {
    return this.#contact.fault;
  }

  get isReached(): boolean {
    return this.#contact.isReached;
  }

  /** Whether messages arrive: they do through no pooler. */
  get isDirect(): boolean {
    return this.#channel.listening;
  }

  lost(reason: string): void {
    this.#contact.lost(reason);
  }

  /** @throws SpoolUnusableError */
  async begin(): Promise<void> {
    await this.#contact.start();
    this.#channel.start();
    this.#trimmer.start();
  }

  /** Deliveries are remembered from now on. */
  remembered(recents: readonly Recent[]): void {
    this.#unsureStores.learn(recents);
    const open = recents.filter(({ awaited, stored }) => awaited || stored?.forwards.some(isKept));
    const keys = open.map(({ identity }) => identity.key);
    this.outlook.knows(keys);
    for (let at = 0; at < keys.length; at += KEYS_PER_MESSAGE)
      this.#tell({ kind: 'remembered', keys: keys.slice(at, at + KEYS_PER_MESSAGE) });
  }

  announce(backends: readonly string[]): void {
    this.replicas.announce(backends);
    this.#isAnnounced = false;
    this.#contact.wake();
  }

  async retire(): Promise<void> {
    await this.replicas.retire().catch(() => undefined);
    this.#tell({ kind: 'replicas' });
  }

  /** Nobody has heard whether a delivery was stored. */
  mayHaveStored(id: number): void {
    this.#unsureStores.add(id);
    this.outlook.missed();
  }

  /** Nobody has heard whether a claim was made. */
  mayHaveClaimed(id: number, backend: string, at: number): void {
    this.#unsureClaims.add({ id, backend, at });
  }

  /** Makes sure that nobody takes this process for gone, and what it claims for abandoned: it may have stood still. */
  stayThere(): Promise<void> {
    return this.replicas.mayBeTakenForGone
      ? this.options.database.read(() => this.replicas.beat())
      : Promise.resolve();
  }

  /**
   * Makes sure that all are known who have a claim: some may have come since it was last read who is there.
   * It takes no turn at the database: whoever asks may have one, and would wait for others who ask the same.
   */
  async knowHolders(deliveries: readonly StoredDelivery[]): Promise<void> {
    const running = deliveries.flatMap(({ forwards }) => forwards.filter(isRunning));
    await this.know(running.map(({ claimedBy }) => claimedBy));
  }

  /** The same of holders, whatever they have. */
  async know(holders: readonly (string | undefined)[]): Promise<void> {
    if (holders.every((holder) => this.replicas.isThere(holder))) return;
    await this.replicas.beat();
  }

  isRunningElsewhere(forward: Forward): boolean {
    const { claimedBy } = forward;
    return isRunning(forward) && claimedBy !== this.options.holder && this.replicas.isThere(claimedBy);
  }

  /** Never rejects. */
  async end(): Promise<void> {
    const parts = [this.#contact, this.#channel, this.outlook, this.#trimmer];
    await Promise.all(parts.map((part) => part.stop()));
    // Else others will notice.
    if (this.fault !== undefined) return;
    await this.replicas.leave().catch(() => undefined);
    this.#tell({ kind: 'replicas' });
    await this.options.notices.close();
  }

  async #reach(): Promise<void> {
    const { database, connections, allowAsyncCommit, ids } = this.options;
    const { db } = database;
    await prepareDatabase({ db, place: connections.place, allowAsyncCommit });
    await this.replicas.join();
    const { rows } = await sql<{ last: number }>`
      SELECT greatest(last_id, (SELECT max(id) FROM sprayproxy_delivery)) AS last FROM sprayproxy_schema
    `.execute(db);
    ids.startAbove(rows[0]?.last ?? 0);
    await this.outlook.begin();
    this.#tell({ kind: 'replicas' });
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
      this.#tell({ kind: 'replicas' });
    }
    if (hadFault) return;
    this.outlook.beat(this.#channel.listening);
    void this.#unsureClaims.end();
    void this.#unsureStores.end();
  }

  /** Whoever does not hear of it finds out. */
  #tell(message: Message): void {
    this.options.notices.tell([encode(this.options.holder, message)]);
  }
}

import { type Clock } from '../../clock/clock.js';
import { isKept } from '../../model/forward.js';
import { identityKey } from '../../model/identity.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type SpoolListeners } from '../spool-events.js';
import { type Database } from './database.js';
import { KnownKeys } from './known-keys.js';
import { type Message } from './message.js';
import { type Notes } from './notes.js';
import { Refresher } from './refresher.js';
import { type RegisteredBackends } from './registered-backends.js';
import { type Tally } from './tally.js';
import { type Unclaimed } from './unclaimed.js';

/** Keys become fewer by that alone, and a message that was lost comes to nothing worse. */
const LOOK_EVERY_MS = 30_000;

interface Options {
  readonly clock: Clock;
  readonly database: Database;
  readonly listeners: SpoolListeners;
  readonly tally: Tally;
  readonly backends: RegisteredBackends;
  readonly notes: Notes;
  readonly unclaimed: Unclaimed;
  /** Whether messages are lost that are sent now, as they are while it connects. */
  readonly isUntold: () => boolean;
  /** Why the database cannot be asked; `undefined`: it can. */
  readonly faultOf: () => string | undefined;
  /** Hears that there may be other replicas. */
  readonly onReplicas: () => void;
  /** Hears that a look has failed. */
  readonly onError: (error: unknown) => void;
}

/** What others do: heard of by their messages, else looked for. */
export class Outlook {
  readonly #keys = new KnownKeys();
  readonly #refresher: Refresher;
  /** Whether others may have changed something that no message has told of. */
  #mayHaveMissed = false;
  /** Whether messages may have been lost since it was last looked: then only the database knows what there is. */
  #isBlind = true;
  /** Monotonic. */
  #lookedAt: number;

  constructor(private readonly options: Options) {
    this.#refresher = new Refresher(options.clock, () => this.#look());
    this.#lookedAt = options.clock.monotonic();
  }

  /** Looks at everything for the first time; what there is then is no news. @throws Error */
  async begin(): Promise<void> {
    const { database, tally, backends, notes } = this.options;
    await tally.look(database.db, false);
    await backends.look(database.db);
    await notes.look(database.db);
    await this.#keys.load(database.db);
  }

  stop(): Promise<void> {
    return this.#refresher.stop();
  }

  /** Whether there may be something with this identity key. @param fault why the database cannot be asked */
  mayKnow(key: string, fault = this.options.faultOf()): boolean {
    return (this.#isBlind && fault === undefined) || this.#keys.mayKnow(key, fault);
  }

  /** What is found by a key; nothing, if the database fails and was asked only because it was not known what there is. */
  async asking<T>(key: string, find: () => Promise<T[]>): Promise<T[]> {
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof SprayproxyError) || this.mayKnow(key, error.message)) throw error;
      return [];
    }
  }

  /** Knows of what somebody is shown: a redelivery may come before the others have told of it. */
  shown(deliveries: StoredDelivery[]): StoredDelivery[] {
    const open = deliveries.filter(({ forwards }) => forwards.some(isKept));
    this.knows(open.map(({ delivery: { guid, payloadDigest } }) => identityKey(guid, payloadDigest)));
    return deliveries;
  }

  /** Something is found by these keys from now on. */
  knows(keys: readonly string[]): void {
    this.#keys.add(keys);
  }

  hear(message: Message): void {
    const { listeners, unclaimed, onReplicas } = this.options;
    switch (message.kind) {
      case 'owed':
        this.#keys.add([message.identityKey]);
        unclaimed.tell(message.id);
        listeners.tell([{ kind: 'owed', backend: message.backend, id: message.id }]);
        this.#refresher.ask();
        return;
      case 'changed':
        unclaimed.tell(message.id);
        this.#refresher.ask();
        return;
      case 'remembered':
        this.#keys.add(message.keys);
        return;
      case 'backends':
        listeners.tell([{ kind: 'backends' }]);
        return;
      case 'replicas':
        onReplicas();
        return;
      case 'look':
        onReplicas();
        this.missed();
        return;
      default:
        message satisfies never;
    }
  }

  /** What others did may not have been told. */
  missed(): void {
    this.#isBlind = true;
    this.#mayHaveMissed = true;
    this.#refresher.ask();
  }

  /** To be called now and then. @param isTold whether messages arrive */
  beat(isTold: boolean): void {
    if (!isTold) this.missed();
    if (this.options.clock.monotonic() - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#mayHaveMissed = true;
    this.#refresher.ask();
  }

  async #look(): Promise<void> {
    const { clock, database, tally, backends, notes, unclaimed, onError } = this.options;
    const { db } = database;
    const hasMissed = this.#mayHaveMissed;
    this.#mayHaveMissed = false;
    const isUntold = this.options.isUntold();
    try {
      if (!(await tally.look(db, hasMissed))) {
        this.#mayHaveMissed ||= hasMissed;
        this.#refresher.ask();
      }
      if (!hasMissed) return;
      this.#lookedAt = clock.monotonic();
      unclaimed.tellAll();
      await backends.look(db);
      await notes.look(db);
      await this.#keys.load(db);
      this.#isBlind = this.#mayHaveMissed || isUntold || this.options.isUntold();
    } catch (error) {
      this.#mayHaveMissed ||= hasMissed;
      onError(error);
    }
  }
}

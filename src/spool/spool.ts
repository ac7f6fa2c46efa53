import { type DeliveryFilter } from '../model/delivery-filter.js';
import {
  type AttemptRecord,
  type ForwardState,
  type SettleRules,
  type ShownState,
} from '../model/forward.js';
import { type Recent } from '../model/recent.js';
import { type DeliveryRecord, type NewDelivery, type StoredDelivery } from '../model/stored-delivery.js';
import { type Note } from './notes.js';

/** Forwards of one backend. */
export interface ForwardCounts {
  readonly owed: number;
  /** Those of the owed that somebody is attempting. */
  readonly running: number;
  readonly dead: number;
  readonly rejected: number;
}

/** What a verb has done to a delivery. Its forwards are in the same order; `after` lacks those that were discarded. */
export interface Change {
  readonly before: StoredDelivery;
  readonly after: StoredDelivery;
}

/**
 * What has come about in the store, by whichever process.
 * - owed: a forward will be sent that was not there, or not owed, before.
 * - over: a delivery has left, as it was then; nothing of it is kept.
 * - backends: the registered backends, or which are paused, are others.
 * - owners: this process is, or is no longer, the one that drains some backends, or a process that had claims has gone.
 * - lost, found: from now on nothing, or something again, can be kept, as `fault` says.
 */
export type SpoolEvent =
  | { readonly kind: 'owed'; readonly backend: string; readonly id: number }
  | { readonly kind: 'over'; readonly delivery: StoredDelivery }
  | { readonly kind: 'backends' | 'owners' | 'lost' | 'found' };

/** How a delivery is to be stored. */
export interface StoreOptions {
  /** An id from `nextId`, or one under which the delivery is remembered: that memory goes. Absent: it gets one. */
  readonly id?: number;
  /** Its sender has not heard that it was taken: it is remembered so, until `remember` says otherwise. */
  readonly awaited?: boolean;
  /** How long it may be tried, where it does not work at once; in ms of the monotonic clock. */
  readonly until?: number;
}

/**
 * Durable home of the forwards that are still owed, of the dead ones, and for a while of the rejected ones; the token it is
 * injected by. A delivery leaves with the last of its forwards that is kept (`isKept`).
 *
 * Every verb is atomic, and on disk when its promise resolves. It gives the delivery before and after; `undefined`: there is
 * no such delivery (any more), or no such forward, and nothing was changed. Backends are named by their keys.
 *
 * A claim is the right to attempt one forward. It is held by one spool object, the holder, and lost when the process of
 * that is gone; a forward with a claim has `runningSince`.
 *
 * Several processes may use one store. Each backend then has one of them that drains it; where it matters that nothing is
 * sent twice, it is the claim that counts.
 * @throws SprayproxyError `spool-failed` from every method that gives a promise: nothing was changed. `spool-unsure` from
 *   those that write: the store has not said whether it is; all of them may be repeated.
 */
export abstract class Spool {
  /** Whether it keeps anything at all: what is owed may then wait for its backend. */
  abstract readonly keeps: boolean;

  /** Why nothing can be kept now, and every verb fails; `undefined`: it can. */
  abstract readonly fault: string | undefined;

  /** Why webhooks are not welcome for its sake; `undefined`: they are. */
  abstract readonly unready: string | undefined;

  /** Whether it remembers what is over, and what nothing keeps, for all who use the store. */
  abstract readonly remembers: boolean;

  /** Its name as a holder of claims, which no other ever has. */
  abstract readonly holder: string;

  /** What the deliveries take, about: their payloads and a page for each. */
  abstract readonly bytes: number;

  /** Whether `find` or `recall` may find something by this key, as last heard. */
  abstract mayKnow(identityKey: string): boolean;

  /** Of every backend with forwards that are kept, as last heard: nothing depends on it for safety. */
  abstract counts(): ReadonlyMap<string, ForwardCounts>;

  /**
   * An id for a delivery that is not stored: greater than every one before, though the clock were set back.
   * @param receivedAt ms since the epoch
   */
  abstract nextId(receivedAt: number): number;

  /**
   * Keeps a delivery under an id of its own. A forward with `runningSince` is claimed.
   * @throws SprayproxyError `spool-full`, `forwarding-failed` where nothing is kept: nothing of it is stored.
   */
  abstract store(delivery: NewDelivery, payload: Buffer, options?: StoreOptions): Promise<StoredDelivery>;

  /**
   * Claims a forward for an attempt. One that is not owed is revived by that, out of turn.
   * @param at ms since the epoch
   * @param from states in which it may be
   * @returns `undefined` also if it is claimed already, by whomever, or in another state.
   */
  abstract claim(
    id: number,
    backend: string,
    at: number,
    from?: readonly ShownState[],
  ): Promise<Change | undefined>;

  /**
   * Notes what came of an attempt and ends the claim, if that is the holder's own or its holder is gone. An attempt whose
   * claim was lost changes nothing, unless the backend has answered.
   */
  abstract settle(
    id: number,
    backend: string,
    attempt: AttemptRecord,
    rules: SettleRules,
  ): Promise<Change | undefined>;

  /** Gives up those that are owed. */
  abstract bury(id: number, backends: readonly string[], reason: string): Promise<Change | undefined>;

  /**
   * Owes those afresh that are in one of the states `from`.
   * @param at ms since the epoch: their age counts from then, they can be withdrawn, and repeating it does nothing. Absent: none of
   *   that
   */
  abstract revive(
    id: number,
    backends: readonly string[],
    from: readonly ShownState[],
    at?: number,
  ): Promise<Change | undefined>;

  /** Makes those that were owed afresh what they were before, but for what is over or claimed. */
  abstract withdraw(id: number, backends: readonly string[]): Promise<Change | undefined>;

  /** Changes what is sent of a delivery beside its payload. */
  abstract amend(id: number, sent: Pick<DeliveryRecord, 'rawHeaders' | 'query'>): Promise<Change | undefined>;

  /**
   * Removes the forwards that are kept.
   * @param backends absent: all of them
   * @param from states in which they may be; absent: any
   */
  abstract discard(
    id: number,
    backends?: readonly string[],
    from?: readonly ForwardState[],
  ): Promise<Change | undefined>;

  /** Keeps what was rejected no longer: it stays rejected, but the payload may go. */
  abstract release(id: number): Promise<Change | undefined>;

  /** The deliveries with the oldest forwards owed to a backend, oldest first; only those with an id above `after`. */
  abstract owedTo(backend: string, limit: number, after?: number): Promise<StoredDelivery[]>;

  /** The oldest deliveries with a rejected forward that is kept, oldest first. */
  abstract rejected(limit: number): Promise<StoredDelivery[]>;

  /**
   * The deliveries with a claim whose holder is gone, with those of their forwards alone: what it was attempting has an
   * unknown outcome.
   */
  abstract abandoned(): Promise<StoredDelivery[]>;

  abstract get(id: number): Promise<StoredDelivery | undefined>;

  /**
   * @returns `undefined`: there is no such delivery.
   * @throws SprayproxyError `payload-gone`: it is damaged.
   */
  abstract payload(id: number): Promise<Buffer | undefined>;

  /**
   * The deliveries whose identity has this key, latest first; none, if they cannot be looked for and nobody has heard of any.
   * @throws SprayproxyError `spool-failed`: there may be some
   */
  abstract find(identityKey: string): Promise<StoredDelivery[]>;

  /** Deliveries with an id below `before`, latest first. @param filter others than these may be left out */
  abstract list(before: number, limit: number, filter?: DeliveryFilter): Promise<StoredDelivery[]>;

  /** The same with an id above `after`, oldest first. */
  abstract listAfter(after: number, limit: number, filter?: DeliveryFilter): Promise<StoredDelivery[]>;

  /** Those of them that are kept, in no order. */
  abstract getEach(ids: readonly number[]): Promise<StoredDelivery[]>;

  /** Whether the process is gone whose holder had this name. */
  abstract isGone(holder: string): Promise<boolean>;

  /** Resolves when a claim that another process has on a forward has ended. @returns `false`: there is none. */
  abstract untilUnclaimed(id: number, backend: string): Promise<boolean>;

  /** Remembers deliveries, for as long as they may be asked for; those that are kept are only marked as awaited or not. */
  abstract remember(recents: readonly Recent[]): Promise<void>;

  /** Remembers no longer what is not kept. */
  abstract forget(ids: readonly number[]): Promise<void>;

  /** The same of what is remembered and missed by some backend, or awaited by its sender. */
  abstract recall(identityKey: string): Promise<Recent[]>;

  /** What is remembered of a delivery that is not kept. */
  abstract past(id: number): Promise<StoredDelivery | undefined>;

  /** Deliveries that are remembered and not kept, as `list` gives those that are. */
  abstract listPast(before: number, limit: number, filter?: DeliveryFilter): Promise<StoredDelivery[]>;

  /** Whether this process is the one that sends by itself what a backend is owed, and speaks for it. */
  abstract drains(backend: string): boolean;

  /** Names the backends that this process sends to. */
  abstract announce(backends: readonly string[]): void;

  /** Whether another process has named a backend, as last heard. */
  abstract isWantedElsewhere(backend: string): boolean;

  /** Leaves it to others to drain; claims stay. Never rejects. */
  abstract retire(): Promise<void>;

  /** URLs of the registered backends. */
  abstract registeredBackends(): Promise<string[]>;
  abstract keepBackend(url: string): Promise<void>;
  abstract forgetBackend(url: string): Promise<void>;

  /** The texts that are noted under these names; a name without one is left out. */
  abstract noted(names: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /**
   * Notes a text, to outlive the process, in place of the one before. One of `PAUSES_NOTE` is told.
   * @param before `undefined`: there is none
   * @returns `false`: there is another than that, and it stays.
   */
  abstract note(note: Note, before: string | undefined): Promise<boolean>;

  /** Forgets what was noted before then. @param before ms since the epoch */
  abstract forgetNotes(before: number): Promise<void>;

  /**
   * Tells what comes about from now on, when it is on disk. What it tells of is found by no reader before it is told; a
   * delivery that is over is found until it is.
   * @returns ends it
   */
  abstract watch(listener: (event: SpoolEvent) => void): () => void;

  /** Lets what has been begun end. */
  abstract close(): Promise<void>;
}

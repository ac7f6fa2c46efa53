import { type Forward } from '../model/forward.js';
import { type DeliveryRecord, type StoredDelivery } from '../model/stored-delivery.js';

/** Forwards of one backend. */
export interface ForwardCounts {
  readonly owed: number;
  readonly dead: number;
}

/**
 * Durable home of the forwards that are still owed, and of the dead ones; the token it is injected by. Every change is
 * atomic, and on disk when its promise resolves. A delivery leaves with the last of its forwards that was owed or dead.
 *
 * It knows when and why nothing: what a change means is `forward.ts`'s affair, when it happens the drain's.
 * @throws SprayproxyError `spool-failed` from every method that writes.
 */
export abstract class Spool {
  /** The id of the latest delivery there ever was; 0: there was none. */
  abstract readonly lastId: number;

  /** What the deliveries take, about: their payloads and a page for each. */
  abstract readonly bytes: number;

  /** Of every backend that is owed something or has dead forwards, by its key. */
  abstract counts(): ReadonlyMap<string, ForwardCounts>;

  /** @throws SprayproxyError `spool-full`: nothing of it is stored. */
  abstract store(stored: StoredDelivery, payload: Buffer): Promise<void>;

  /**
   * Changes forwards of a delivery: all of it, or those of the `backends` named. One changed to `undefined` leaves.
   * @param beforeSeen hears of the delivery as it will be, before anybody can read it so, or find it gone
   * @returns the delivery after the change; `undefined`: there is no such delivery (any more), nothing was changed.
   */
  abstract update(
    id: number,
    change: (forward: Forward) => Forward | undefined,
    backends?: readonly string[],
    beforeSeen?: (after: StoredDelivery) => void,
  ): Promise<StoredDelivery | undefined>;

  /**
   * Changes what is sent of a delivery beside its payload.
   * @returns the delivery after the change; `undefined`: there is no such delivery (any more).
   */
  abstract amend(
    id: number,
    sent: Pick<DeliveryRecord, 'rawHeaders' | 'query'>,
  ): Promise<StoredDelivery | undefined>;

  /** Removes a delivery, whatever it owes. @returns what it was. */
  abstract discard(id: number): Promise<StoredDelivery | undefined>;

  /** The deliveries with the oldest forwards owed to a backend, oldest first; only those with an id above `after`. */
  abstract owedTo(backend: string, limit: number, after?: number): Promise<StoredDelivery[]>;

  /** The deliveries with forwards whose attempt was running when the spool was last written to. */
  abstract running(): Promise<StoredDelivery[]>;

  abstract get(id: number): Promise<StoredDelivery | undefined>;

  /**
   * @returns `undefined`: there is no such delivery.
   * @throws SprayproxyError `payload-gone`: it is damaged.
   */
  abstract payload(id: number): Promise<Buffer | undefined>;

  /** The deliveries of a GUID, latest first; of one longer than `MAX_GUID_LENGTH`, none. */
  abstract find(guid: string): Promise<StoredDelivery[]>;

  /** Deliveries with an id below `before`, latest first. */
  abstract list(before: number, limit: number): Promise<StoredDelivery[]>;

  /** URLs of the registered backends. */
  abstract registeredBackends(): Promise<string[]>;
  abstract keepBackend(url: string): Promise<void>;
  abstract forgetBackend(url: string): Promise<void>;

  abstract close(): Promise<void>;
}

import { type Identity } from './identity.js';
import { type StoredDelivery } from './stored-delivery.js';

/** A delivery that is remembered: it is over, or some backend misses it and nothing keeps it. */
export interface Recent {
  readonly id: number;
  readonly identity: Identity;
  /** As `inShort` gives it. Absent: nobody misses it, or the spool knows who does. */
  readonly stored?: StoredDelivery;
  /** Whether its sender does not know that it was served, and may be expected to send it again. */
  readonly awaited: boolean;
}

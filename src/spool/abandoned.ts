import { isRunning } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';

/** Those with a claim whose holder is gone, and of their forwards these alone: beside them somebody may be sending others. */
export const abandonedAmong = (
  deliveries: readonly StoredDelivery[],
  isGone: (claimedBy: string | undefined) => boolean,
): StoredDelivery[] =>
  deliveries.flatMap(({ delivery, forwards }) => {
    const abandoned = forwards.filter((forward) => isRunning(forward) && isGone(forward.claimedBy));
    return abandoned.length === 0 ? [] : [{ delivery, forwards: abandoned }];
  });

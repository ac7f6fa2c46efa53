import { matchesForward } from '../../model/delivery-filter.js';
import { type Forward, isKept, shownState } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type BulkRequest } from './bulk-request.js';

/**
 * The forwards of a delivery that somebody asks for. What is owed is sent anyway.
 * @param isTarget whether there still is such a backend to send to
 */
export function wantedOf(
  { forwards }: StoredDelivery,
  { action, filter, accepted }: BulkRequest,
  isTarget: (backend: string) => boolean,
): Forward[] {
  const named = forwards.filter((forward) => matchesForward(forward, filter));
  if (action === 'discard') return named.filter(isKept);
  return named.filter((forward) => {
    const state = shownState(forward);
    if (!isTarget(forward.backend)) return false;
    return state === 'accepted' ? accepted : (state === 'dead' || state === 'rejected') && isKept(forward);
  });
}

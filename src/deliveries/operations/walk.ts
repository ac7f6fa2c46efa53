import { setImmediate } from 'node:timers/promises';

import { type RecentDeliveries } from '../../forwarding/recent/recent-deliveries.js';
import { type DeliveryFilter, matches } from '../../model/delivery-filter.js';
import { MISSING_STATES } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Spool } from '../../spool/spool.js';

/** Deliveries read in one go: a webhook that comes meanwhile waits that long, a few ms. */
export const CHUNK = 200;

/**
 * The deliveries that are kept and to which a filter applies, oldest first, a chunk at a time.
 * @param below only those with a lower id
 */
export async function* keptOldestFirst(
  read: (after: number) => Promise<readonly StoredDelivery[]>,
  filter: DeliveryFilter,
  below: number,
): AsyncGenerator<StoredDelivery[]> {
  // No id is below the µs of its reception.
  let after = Math.max(0, (filter.since ?? 0) * 1000 - 1);
  for (;;) {
    const chunk = await read(after);
    yield chunk.filter((stored) => stored.delivery.id < below && matches(stored, filter));
    const last = chunk.at(-1)?.delivery.id ?? Infinity;
    if (chunk.length < CHUNK || last >= below) return;
    after = last;
    await setImmediate();
  }
}

/** The same of those that nothing keeps and some backend misses: they are only remembered. Each once, in no order. */
export async function* remembered(
  { recent, spool }: { readonly recent: RecentDeliveries; readonly spool: Spool },
  filter: DeliveryFilter,
  below: number,
): AsyncGenerator<StoredDelivery[]> {
  const here = recent.list();
  const known = new Set(here.map(({ delivery }) => delivery.id));
  yield here.filter((stored) => stored.delivery.id < below && matches(stored, filter));
  // A state at a time: of all that is remembered, only what some backend misses is read.
  const states = MISSING_STATES.filter((state) => filter.state === undefined || filter.state === state);
  for (const [at, state] of states.entries()) {
    const isNew = (stored: StoredDelivery) =>
      !known.has(stored.delivery.id) &&
      matches(stored, { ...filter, state }) &&
      !states.slice(0, at).some((earlier) => matches(stored, { ...filter, state: earlier }));
    for (let before = below; before > 0;) {
      const chunk = await spool.listPast(before, CHUNK, { ...filter, state });
      yield chunk.filter(isNew);
      before = chunk.length < CHUNK ? 0 : (chunk.at(-1)?.delivery.id ?? 0);
      await setImmediate();
    }
  }
}

import { type Logger } from '../../logging/logger.js';
import { type Forward } from '../../model/forward.js';
import { type Spool } from '../../spool/spool.js';
import { type DeliveryRecord, type StoredDelivery } from '../../model/stored-delivery.js';

/** Of a forward that will not be tried again by itself. */
export function logGivenUp(
  logger: Logger,
  { id, guid, event }: DeliveryRecord,
  { backend, reason }: Forward,
): void {
  const { host } = new URL(backend);
  logger.error({ deliveryId: id, delivery: guid, event, host, reason }, 'forward given up');
}

/** `Spool.update` of a delivery; logs the forwards that the change has made dead. */
export async function updateForwards(
  { spool, logger }: { readonly spool: Spool; readonly logger: Logger },
  delivery: DeliveryRecord,
  change: (forward: Forward) => Forward,
  backends?: readonly string[],
  beforeSeen?: (after: StoredDelivery) => void,
): Promise<StoredDelivery | undefined> {
  const dead: Forward[] = [];
  const noting = (forward: Forward): Forward => {
    const changed = change(forward);
    if (changed.state === 'dead' && forward.state !== 'dead') dead.push(changed);
    return changed;
  };
  const after = await spool.update(delivery.id, noting, backends, beforeSeen);
  for (const forward of dead) logGivenUp(logger, delivery, forward);
  return after;
}

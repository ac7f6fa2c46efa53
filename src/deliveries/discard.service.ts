import { Injectable } from '@nestjs/common';

import { RecentDeliveries } from '../forwarding/recent/recent-deliveries.js';
import { type Forward, isKept } from '../model/forward.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { Spool } from '../spool/spool.js';
import { DeliveryFinder, type FoundDelivery } from './delivery-finder.js';

export interface Discarded {
  readonly stored: FoundDelivery;
  readonly forwards: readonly Forward[];
}

/** Gives up for good what somebody no longer wants sent. */
@Injectable()
export class DiscardService {
  constructor(
    private readonly finder: DeliveryFinder,
    private readonly recent: RecentDeliveries,
    private readonly spool: Spool,
  ) {}

  /**
   * Discards what some backend misses of a delivery, of one backend if its key is given. An attempt that is running goes on;
   * what comes of it is noted nowhere but in the log.
   * @throws SprayproxyError `delivery-unknown`, `forward-conflict`, `spool-failed`
   */
  async discard(id: string, backend?: string): Promise<Discarded> {
    const found = await this.finder.get(id);
    if (backend !== undefined && !found.forwards.some((forward) => forward.backend === backend)) {
      throw new SprayproxyError('forward-conflict', 'this delivery was not for that backend');
    }
    const isNamed = (forward: Forward) =>
      isKept(forward) && (backend === undefined || forward.backend === backend);
    const before = found.payloadKept ? await this.#inSpool(found, backend) : this.#inMemory(found, isNamed);
    return {
      stored: {
        ...found,
        payloadKept: before.forwards.some((forward) => isKept(forward) && !isNamed(forward)),
      },
      forwards: before.forwards.filter(isNamed),
    };
  }

  async #inSpool(found: FoundDelivery, backend: string | undefined): Promise<StoredDelivery> {
    const backends = backend === undefined ? undefined : [backend];
    const change = await this.spool.discard(found.delivery.id, backends);
    return change?.before ?? { ...found, forwards: [] };
  }

  #inMemory(found: FoundDelivery, isNamed: (forward: Forward) => boolean): StoredDelivery {
    const { delivery, forwards } = found;
    const rest = forwards.filter((forward) => !isNamed(forward));
    this.recent.replace({ delivery, forwards: rest });
    return found;
  }
}

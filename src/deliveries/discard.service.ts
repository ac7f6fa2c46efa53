import { Inject, Injectable, Optional } from '@nestjs/common';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Forward, isOpen } from '../model/forward.js';
import { Journal } from '../spool/journal.js';
import { Spool } from '../spool/spool.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { DeliveryFinder } from './delivery-finder.js';

export interface Discarded {
  readonly stored: StoredDelivery;
  readonly forwards: readonly Forward[];
}

/** Gives up for good what somebody no longer wants sent. */
@Injectable()
export class DiscardService {
  constructor(
    private readonly finder: DeliveryFinder,
    private readonly journal: Journal,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /**
   * Discards what is owed and dead of a delivery, of one backend if its key is given. An attempt that is running goes on;
   * what comes of it is noted nowhere but in the log.
   * @throws SprayproxyError `delivery-unknown`, `forward-conflict`, `spool-failed`
   */
  async discard(id: string, backend?: string): Promise<Discarded> {
    const stored = await this.finder.get(id);
    if (backend !== undefined && !stored.forwards.some((forward) => forward.backend === backend)) {
      throw new SprayproxyError('forward-conflict', 'this delivery was not for that backend');
    }
    const forwards: Forward[] = [];
    const rest = await this.spool?.update(
      stored.delivery.id,
      (forward) => {
        if (!isOpen(forward)) return forward;
        forwards.push(forward);
        return undefined;
      },
      backend === undefined ? undefined : [backend],
      (after) => {
        // What has been answered stays known.
        if (after.forwards.length > 0) this.journal.add(after);
      },
    );
    return { stored: rest ?? stored, forwards };
  }
}

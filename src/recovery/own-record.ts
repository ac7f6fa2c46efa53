import { Injectable } from '@nestjs/common';

import { RecentDeliveries } from '../forwarding/recent/recent-deliveries.js';
import { isKept } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { Spool } from '../spool/spool.js';

/** What is known here of a webhook that GitHub takes for failed. */
@Injectable()
export class OwnRecord {
  constructor(
    private readonly recent: RecentDeliveries,
    private readonly spool: Spool,
  ) {}

  /** Whether nobody misses it for want of GitHub: every backend has had it, or it is on disk. */
  async hasIt(guid: string): Promise<boolean> {
    const mayBeKnown = this.spool.mayKnow(guid);
    if (mayBeKnown && (await this.spool.find(guid)).length > 0) return true;
    const recents = [...this.recent.about(guid), ...(mayBeKnown ? await this.spool.recall(guid) : [])];
    if (recents.length > 0) return recents.every(({ stored }) => stored === undefined || isServed(stored));
    const [past] = await this.spool.listPast(Number.MAX_SAFE_INTEGER, 1, { guid });
    return past !== undefined && isServed(past);
  }
}

const isServed = ({ forwards }: StoredDelivery): boolean => !forwards.some(isKept);

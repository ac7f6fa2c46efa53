import { type Kysely } from 'kysely';

import { type DeliveryFilter } from '../../model/delivery-filter.js';
import { type Recent } from '../../model/recent.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Tables } from './tables.js';

export class Memory {
  constructor(readonly db: Kysely<Tables>) {}
  remember = (_recents: readonly Recent[]): Promise<void> => Promise.resolve();
  forget = (_ids: readonly number[]): Promise<void> => Promise.resolve();
  recall = (_key: string): Promise<Recent[]> => Promise.resolve([]);
  past = (_id: number): Promise<StoredDelivery | undefined> => Promise.resolve(undefined);
  listPast = (_before: number, _limit: number, _filter?: DeliveryFilter): Promise<StoredDelivery[]> =>
    Promise.resolve([]);
  trim = (_olderThanId: number, _limit: number): Promise<number> => Promise.resolve(0);
}

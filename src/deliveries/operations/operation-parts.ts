import { type BackendRegistry } from '../../backends/backend-registry.js';
import { type Pauses } from '../../backends/pauses.js';
import { type Clock } from '../../clock/clock.js';
import { type SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { type LanesService } from '../../forwarding/lane/lanes.service.js';
import { type RecentDeliveries } from '../../forwarding/recent/recent-deliveries.js';
import { type Spool } from '../../spool/spool.js';
import { type BulkRequest } from './bulk-request.js';
import { type Patience } from './patience.js';
import { type Progress } from './progress.js';

/** What operations are made with. */
export interface OperationTools {
  readonly spool: Spool;
  readonly registry: BackendRegistry;
  readonly pauses: Pauses;
  readonly lanes: LanesService;
  readonly recent: RecentDeliveries;
  readonly clock: Clock;
  readonly config: SprayproxyConfig;
}

/** What one operation is made of. */
export interface OperationParts extends OperationTools {
  readonly request: BulkRequest;
  /** Only deliveries with a lower id: those that have come since are no matter. */
  readonly below: number;
  readonly progress: Progress;
  readonly patience: Patience;
}

/** Whether there is such a backend to send to, here or at another process. */
export const isTarget = (
  { registry, spool }: Pick<OperationTools, 'registry' | 'spool'>,
  key: string,
): boolean => registry.get(key) !== undefined || spool.isWantedElsewhere(key);

import { type Pauses } from '../../backends/pauses.js';
import { type Clock } from '../../clock/clock.js';
import { type SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { type Logger } from '../../logging/logger.js';
import { type AttemptResult } from '../../model/attempt.js';
import { type Backend } from '../../model/backend.js';
import { type Spool } from '../../spool/spool.js';
import { type BackendClient } from '../client/backend-client.js';
import { type BackendHealth } from './backend-health.js';
import { type Sender } from './sender.js';

export interface LaneParts {
  readonly spool: Spool;
  readonly pauses: Pauses;
  readonly sender: Sender;
  readonly client: BackendClient;
  readonly clock: Clock;
  readonly config: SprayproxyConfig;
  readonly logger: Logger;
  /** Hears of what came of every attempt, while the backend is registered. */
  readonly onResult: (backend: Backend, health: BackendHealth, result: AttemptResult) => void;
}

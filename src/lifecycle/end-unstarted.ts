import { createLogger } from '../logging/logger.js';
import { endProcess } from './end-process.js';

/** Ends a process that has started nothing yet. */
export function endUnstarted(signal: NodeJS.Signals): void {
  const logger = createLogger('info');
  logger.info({ signal }, 'shutting down');
  logger.info('shut down');
  endProcess(logger, 0);
}

import { type Logger } from '../../logging/logger.js';
import { type AttemptResult } from '../../model/attempt.js';
import { type Backend } from '../../model/backend.js';

/**
 * What came of an attempt that a fault of this program ended. Nobody can tell whether it was sent by then, and trying again
 * would end in the same way.
 */
export function ownFault(error: unknown, backend: Backend, logger: Logger): AttemptResult {
  logger.error({ host: backend.host, err: error }, 'unexpected error in an attempt');
  return {
    backend,
    outcome: 'unknown',
    durationMs: 0,
    error: `a fault of Sprayproxy: ${String(error)}`,
    mayRepeat: false,
  };
}

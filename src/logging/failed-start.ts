import { ConfigurationError } from '../config/configuration-error.js';
import { UnusableError } from '../model/unusable-error.js';
import { createLogger } from './logger.js';

/** Says why the program cannot start, and where, if it is a fault of its own. */
export function logFailedStart(error: unknown): void {
  const logger = createLogger('info');
  const why = `cannot start: ${error instanceof Error ? error.message : String(error)}`;
  if (error instanceof ConfigurationError) logger.fatal({ faults: error.faults }, why);
  else if (error instanceof UnusableError) logger.fatal(why);
  else logger.fatal({ err: error }, why);
}

import { abandonLines, endLog, type Logger } from '../logging/logger.js';

const MAX_FLUSH_MS = 1000;

/** Ends the process when the log is written; if nobody reads it, without. */
export function endProcess(logger: Logger, code: number): void {
  const end = () => {
    // On exit, they would be waited for once more, and for ever.
    abandonLines(logger);
    process.exit(code);
  };
  setTimeout(end, MAX_FLUSH_MS);
  endLog(logger, end);
}

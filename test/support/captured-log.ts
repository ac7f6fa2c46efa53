import { pino } from 'pino';

import { createLogger, type Logger } from '../../src/logging/logger.js';

export type LogLine = Readonly<Record<string, unknown>>;

export interface CapturedLog {
  readonly logger: Logger;
  /** What has been written, as it was written. */
  readonly text: () => string;
  readonly lines: () => LogLine[];
}

/** The program's own logger, whose lines are kept instead of written to standard output. */
export function captureLog(level = 'debug'): CapturedLog {
  const logger = createLogger(level);
  let text = '';
  const stream = (logger as unknown as Record<symbol, unknown>)[pino.symbols.streamSym];
  jest.spyOn(stream as { write(line: string): void }, 'write').mockImplementation((line) => {
    text += line;
  });
  return {
    logger,
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogLine),
  };
}

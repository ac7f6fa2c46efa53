import { EventEmitter } from 'node:events';

import { createLogger, type Logger } from '../../src/logging/logger.js';

export type LogLine = Readonly<Record<string, unknown>>;

export interface CapturedLog {
  readonly logger: Logger;
  /** What has been written, as it was written. */
  readonly text: () => string;
  readonly lines: () => LogLine[];
  /** Emits every line as it is written, without its end. */
  readonly written: EventEmitter<{ line: [string] }>;
}

/** The program's own logger, whose lines are kept instead of written to standard output. */
export function captureLog(level = 'debug'): CapturedLog {
  const written = new EventEmitter<{ line: [string] }>();
  let text = '';
  const write = (line: string) => {
    text += line;
    written.emit('line', line.slice(0, -1));
  };
  return {
    logger: createLogger(level, { write }),
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogLine),
    written,
  };
}

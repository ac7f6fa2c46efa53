import {
  destination,
  type DestinationStream,
  pino,
  stdTimeFunctions,
  symbols,
  type Logger as PinoLogger,
} from 'pino';

/** DI token and type of the program's log: one JSON object a line on standard output. */
export abstract class Logger {
  abstract readonly fatal: PinoLogger['fatal'];
  abstract readonly error: PinoLogger['error'];
  abstract readonly warn: PinoLogger['warn'];
  abstract readonly info: PinoLogger['info'];
  abstract readonly debug: PinoLogger['debug'];
  /** Calls back when all lines so far have been written. */
  abstract readonly flush: PinoLogger['flush'];
}

/** All lines of a busy turn in one write: 16 KiB a turn, the default, is less than a few thousand webhooks a second say. */
const MAX_WRITE_BYTES = 1024 * 1024;

/** A write for every line would take as long as all else that is done with it; those of a moment are written together. */
const WRITE_FROM_BYTES = 16 * 1024;

/** No line waits longer. */
const WRITE_EVERY_MS = 50;

/** If nobody reads the log, lines are lost rather than memory. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

/** What is not written yet never will be. */
export function abandonLines(logger: Logger): void {
  const stream = (logger as unknown as Record<symbol, { destroy?: () => void } | undefined>)[
    symbols.streamSym
  ];
  stream?.destroy?.();
}

export function createLogger(level: string, stream: DestinationStream = standardOutput()): Logger {
  return pino(
    {
      level,
      base: { service: 'sprayproxy', audit: 'true' },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stdTimeFunctions.isoTime,
    },
    stream,
  );
}

function standardOutput(): DestinationStream {
  return destination({
    // To ask for it makes a pipe one that does not keep a writer waiting: a thread that waits for a reader cannot end.
    dest: process.stdout.fd,
    sync: false,
    minLength: WRITE_FROM_BYTES,
    periodicFlush: WRITE_EVERY_MS,
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_UNWRITTEN_BYTES,
  });
}

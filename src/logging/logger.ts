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
}

/** All lines of a busy turn in one write: 16 KiB a turn, the default, is less than a few thousand webhooks a second say. */
const MAX_WRITE_BYTES = 1024 * 1024;

/** A write for every line would take as long as all else that is done with it; those of a moment are written together. */
const WRITE_FROM_BYTES = 16 * 1024;

/** No line waits longer. */
const WRITE_EVERY_MS = 50;

/** If nobody reads the log, lines are lost rather than memory. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

interface LineStream {
  readonly end?: () => void;
  readonly destroy?: () => void;
  readonly once?: (event: 'close', listener: () => void) => void;
}

const streamOf = (logger: Logger) =>
  (logger as unknown as Readonly<Record<typeof symbols.streamSym, LineStream>>)[symbols.streamSym];

/**
 * Takes no more lines, and calls back when all have been written. (The stream's `flush` calls back after the write that
 * it finds under way, without the lines that came meanwhile.)
 */
export function endLog(logger: Logger, ended: () => void): void {
  const stream = streamOf(logger);
  stream.once?.('close', ended);
  stream.end?.();
}

/** What is not written yet never will be. */
export function abandonLines(logger: Logger): void {
  streamOf(logger).destroy?.();
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

/** Writes to a file descriptor, from another thread. */
export function lineStream(fd: number): DestinationStream {
  return destination({
    dest: fd,
    sync: false,
    minLength: WRITE_FROM_BYTES,
    periodicFlush: WRITE_EVERY_MS,
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_UNWRITTEN_BYTES,
  });
}

function standardOutput(): DestinationStream {
  // To ask for it makes a pipe one that does not keep a writer waiting: a thread that waits for a reader cannot end.
  return lineStream(process.stdout.fd);
}

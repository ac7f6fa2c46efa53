import { type DestinationStream, pino, symbols, type Logger as PinoLogger } from 'pino';

import { LineWriter } from './line-writer.js';

/** What every line says. */
const BASE = { service: 'sprayproxy', audit: 'true' };

/** DI token and type of the program's log: one JSON object a line on standard output. */
export abstract class Logger {
  abstract readonly fatal: PinoLogger['fatal'];
  abstract readonly error: PinoLogger['error'];
  abstract readonly warn: PinoLogger['warn'];
  abstract readonly info: PinoLogger['info'];
  abstract readonly debug: PinoLogger['debug'];
  /** Writes a line that every webhook gets: at a quarter of the others' cost, of fields that are JSON as they are. */
  abstract readonly often: (level: 'info' | 'warn' | 'error', fields: object, msg: string) => void;
}

export function createLogger(
  level: string,
  // To ask for it makes a pipe one that does not keep a writer waiting: a thread that waits for a reader cannot end.
  stream: DestinationStream = new LineWriter(process.stdout.fd),
): Logger {
  const logger = pino(
    {
      level,
      base: BASE,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${isoNow()}"`,
    },
    stream,
  );
  const often: Logger['often'] = (at, fields, msg) => {
    if (!logger.isLevelEnabled(at)) return;
    stream.write(`${JSON.stringify({ level: at, time: isoNow(), ...BASE, ...fields, msg })}\n`);
  };
  return Object.assign(logger, { often });
}

/** Takes no more lines, and calls back when all have been written. */
export function endLog(logger: Logger, ended: () => void): void {
  writerOf(logger)?.end(ended);
}

/** What is not written yet never will be. */
export function abandonLines(logger: Logger): void {
  writerOf(logger)?.abandon();
}

function writerOf(logger: Logger): LineWriter | undefined {
  const stream = (logger as unknown as Readonly<Record<typeof symbols.streamSym, unknown>>)[
    symbols.streamSym
  ];
  return stream instanceof LineWriter ? stream : undefined;
}

let lastMs = NaN;
let lastIso = '';

/** The time in RFC 3339. It is written out once for all lines of a millisecond. */
function isoNow(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastIso = new Date(now).toISOString();
  }
  return lastIso;
}

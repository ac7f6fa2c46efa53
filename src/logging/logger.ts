import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';

/** DI token and type of the program's log: one JSON object a line on standard output. */
export abstract class Logger {
  abstract readonly fatal: PinoLogger['fatal'];
  abstract readonly error: PinoLogger['error'];
  abstract readonly warn: PinoLogger['warn'];
  abstract readonly info: PinoLogger['info'];
  abstract readonly debug: PinoLogger['debug'];
}

export function createLogger(level: string): Logger {
  return pino({
    level,
    base: { service: 'sprayproxy', audit: 'true' },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: stdTimeFunctions.isoTime,
  });
}

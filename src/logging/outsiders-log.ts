import { Injectable } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { Logger } from './logger.js';

/** Lines of one kind that are written in a second; the others of that second are counted. */
export const MAX_LINES_PER_SECOND = 10;

const SECOND_MS = 1000;

type Level = 'error' | 'warn' | 'info';

export interface LineFields extends Readonly<Record<string, unknown>> {
  /** Tells kinds of lines with the same message apart: a word of the program's, never one of an outsider's. */
  readonly reason?: string;
}

/** What has been said of one kind in its present second. */
interface Kind {
  lines: number;
  more: number;
}

/**
 * The log for what anybody on the internet can cause as often as they like: ten lines a second of a kind, and then, once a
 * second, how many more there were. A line about a delivery whose signature was right does not belong here.
 */
@Injectable()
export class OutsidersLog {
  /** Those of the last second. */
  readonly #kinds = new Map<string, Kind>();

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  error(fields: LineFields, message: string): void {
    this.#write('error', fields, message);
  }

  warn(fields: LineFields, message: string): void {
    this.#write('warn', fields, message);
  }

  info(fields: LineFields, message: string): void {
    this.#write('info', fields, message);
  }

  #write(level: Level, fields: LineFields, message: string): void {
    const kind = this.#kindOf(level, fields.reason, message);
    if (kind.lines < MAX_LINES_PER_SECOND) {
      kind.lines += 1;
      this.logger[level](fields, message);
    } else {
      kind.more += 1;
    }
  }

  #kindOf(level: Level, reason: string | undefined, message: string): Kind {
    const key = `${level} ${reason ?? ''} ${message}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const kind: Kind = { lines: 0, more: 0 };
    this.#kinds.set(key, kind);
    const endSecond = () => {
      const { more } = kind;
      if (kind.lines === 0) {
        this.#kinds.delete(key);
        return;
      }
      kind.lines = 0;
      kind.more = 0;
      if (more > 0)
        this.logger[level]({ reason, more }, `${message} … and ${more.toLocaleString('en')} more`);
      this.clock.after(SECOND_MS, endSecond);
    };
    this.clock.after(SECOND_MS, endSecond);
    return kind;
  }
}

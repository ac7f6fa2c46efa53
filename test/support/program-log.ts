import { EventEmitter } from 'node:events';

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** What the program says, line by line. */
export class ProgramLog extends EventEmitter<{ line: [LogLine] }> {
  readonly lines: LogLine[] = [];
  readonly rawLines: string[] = [];

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  /** @param text a line without its end */
  add(text: string): void {
    this.rawLines.push(text);
    const line = JSON.parse(text) as LogLine;
    this.lines.push(line);
    this.emit('line', line);
  }

  /** The first `count` lines, past or to come, with this message. */
  async times(count: number, msg: string): Promise<readonly LogLine[]> {
    for (;;) {
      const found = this.lines.filter((line) => line.msg === msg);
      if (found.length >= count) return found.slice(0, count);
      await new Promise((resolve) => this.once('line', resolve));
    }
  }

  /** The first line, past or to come, that `matches`. */
  async line(matches: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(matches);
      if (found !== undefined) return found;
      await new Promise((resolve) => this.once('line', resolve));
    }
  }

  logged(msg: string): Promise<LogLine> {
    return this.line((line) => line.msg === msg);
  }

  /** The line about one delivery. */
  delivery(guid: string): Promise<LogLine> {
    return this.line((line) => line.delivery === guid);
  }
}

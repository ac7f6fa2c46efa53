import { type ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';

import { Child, type ChildOptions } from './child.js';
import { nodeFlags } from './node-flags.js';
import { MAIN } from './paths.js';

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** How the built program is started: by Node, with the flags it wants. */
export const programCommand = (...args: string[]): [string, ...string[]] => commandOf(MAIN, args);

const commandOf = (main: string, args: readonly string[]): [string, ...string[]] => [
  process.execPath,
  ...nodeFlags(main),
  main,
  ...args,
];

/** Has it listen on free ports of the loopback interface. */
export const ON_FREE_PORTS = {
  SPRAYPROXY_SERVER_HOST: '127.0.0.1',
  SPRAYPROXY_SERVER_PORT: '0',
  SPRAYPROXY_SERVER_METRICS_PORT: '0',
};

/** The program as it is shipped, in a process of its own, with nothing that configures it but what it is given. */
export class Program extends EventEmitter<{ line: [LogLine] }> {
  /** Of the log. */
  readonly lines: LogLine[] = [];
  /** All that it writes to standard output. */
  readonly rawLines: string[] = [];
  errorOutput = '';
  /** The exit code, once the last line has been read; `null`: a signal ended it. */
  readonly exited: Promise<number | null>;
  readonly process: ChildProcessByStdio<null, Readable, Readable>;

  private constructor(private readonly child: Child) {
    super();
    this.setMaxListeners(0);
    this.process = child.process as ChildProcessByStdio<null, Readable, Readable>;
    const output = createInterface(this.process.stdout);
    output.on('line', (text) => {
      this.#take(text);
    });
    this.process.stderr.on('data', (text: Buffer) => (this.errorOutput += text.toString()));
    this.exited = Promise.all([child.closed, once(output, 'close')]).then(() => child.process.exitCode);
  }

  /** @param main where it is, if elsewhere than it was built */
  static run(options: ChildOptions, args: readonly string[] = ['server'], main = MAIN): Program {
    return new Program(Child.start(commandOf(main, args), options));
  }

  /** The first log line, past or to come, that `matches`. Fails if the program ends without one. */
  async line(matches: (line: LogLine) => boolean): Promise<LogLine> {
    const past = this.lines.find(matches);
    if (past !== undefined) return past;
    return new Promise((resolve, reject) => {
      const look = (line: LogLine) => {
        if (!matches(line)) return;
        this.off('line', look);
        resolve(line);
      };
      this.on('line', look);
      void this.exited.then((code) => {
        reject(new Error(`ended with ${String(code)}:\n${this.rawLines.join('\n')}\n${this.errorOutput}`));
      });
    });
  }

  logged(msg: string): Promise<LogLine> {
    return this.line((line) => line.msg === msg);
  }

  /** The line about one delivery. */
  delivery(guid: string): Promise<LogLine> {
    return this.line((line) => line.delivery === guid);
  }

  /** Where it listens, once it does. */
  async listening(): Promise<{ readonly port: number; readonly metricsPort: number }> {
    const { port, metricsPort } = await this.logged('listening');
    return { port: Number(port), metricsPort: Number(metricsPort) };
  }

  /** Asks it to end, and waits until it has. */
  stop(): Promise<number | null> {
    this.process.kill('SIGTERM');
    return this.exited;
  }

  async kill(): Promise<void> {
    await this.child.stop();
    await this.exited;
  }

  #take(text: string): void {
    this.rawLines.push(text);
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as LogLine;
    this.lines.push(line);
    this.emit('line', line);
  }
}

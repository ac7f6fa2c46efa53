import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';

import { onCleanup } from './cleanup.js';

export const SECRET = "It's a Secret to Everybody";
export const MAIN = join(__dirname, '../../dist/main.js');

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** The program as it is shipped, with nothing in its environment but what the test gives it. */
export class Sprayproxy extends EventEmitter<{ line: [LogLine] }> {
  readonly lines: LogLine[] = [];
  readonly rawLines: string[] = [];
  errorOutput = '';
  readonly exited: Promise<number | null>;

  constructor(readonly process: ChildProcessByStdio<null, Readable, Readable>) {
    super();
    this.setMaxListeners(0);
    const output = createInterface(process.stdout);
    // Not before the last line has been read.
    this.exited = Promise.all([once(process, 'close'), once(output, 'close')]).then(
      ([[code]]) => code as number | null,
    );
    output.on('line', (text) => {
      this.rawLines.push(text);
      const line = JSON.parse(text) as LogLine;
      this.lines.push(line);
      this.emit('line', line);
    });
    process.stderr.on('data', (text: Buffer) => (this.errorOutput += text.toString()));
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

  stop(): Promise<number | null> {
    this.process.kill('SIGTERM');
    return this.exited;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}

export interface RunningSprayproxy {
  readonly program: Sprayproxy;
  /** `http://127.0.0.1:<port>` of the webhook listener. */
  readonly url: string;
  readonly port: number;
  /** Scheme and authority of the metrics listener. */
  readonly metricsUrl: string;
}

/** Runs the program until it ends by itself or the test is over. */
export function runSprayproxy(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ['server'],
): Sprayproxy {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const program = new Sprayproxy(child);
  onCleanup(() => program.kill());
  return program;
}

/** Starts the program on free ports of the loopback interface and waits until it listens. */
export async function startSprayproxy(
  options: { backends?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<RunningSprayproxy> {
  const program = runSprayproxy({
    GH_APP_WEBHOOK_SECRET: SECRET,
    SPRAYPROXY_SERVER_HOST: '127.0.0.1',
    SPRAYPROXY_SERVER_PORT: '0',
    SPRAYPROXY_SERVER_METRICS_PORT: '0',
    SPRAYPROXY_SERVER_BACKEND: (options.backends ?? []).join('\n'),
    ...options.env,
  });
  const { port, metricsPort } = await program.logged('listening');
  const metricsScheme = options.env?.SPRAYPROXY_SERVER_METRICS_CERT === undefined ? 'http' : 'https';
  return {
    program,
    url: `http://127.0.0.1:${Number(port)}`,
    port: Number(port),
    metricsUrl: `${metricsScheme}://127.0.0.1:${Number(metricsPort)}`,
  };
}

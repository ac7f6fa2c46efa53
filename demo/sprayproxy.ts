import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(__dirname, '..', 'dist', 'main.js');
const KEPT_LOG_LINES = 20;

/** What a program may need of its surroundings to run at all. None of it configures Sprayproxy. */
const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot'];

/** The program has ended without being asked to. */
export class SprayproxyDied extends Error {}

interface Listening {
  readonly port: number;
  readonly metricsPort: number;
}

export interface SprayproxyUrls {
  readonly proxy: string;
  readonly metrics: string;
}

/** The real program, as a process of its own. */
export class Sprayproxy {
  /** Rejects with `SprayproxyDied`. */
  readonly died: Promise<never>;
  readonly #closed: Promise<void>;
  #stopping = false;

  private constructor(
    private readonly child: ChildProcess,
    log: readonly string[],
    private readonly listening: Promise<Listening>,
  ) {
    let onClosed: () => void;
    this.#closed = new Promise((resolve) => (onClosed = resolve));
    this.died = new Promise((_, reject) => {
      const onEnd = (how: string) => {
        onClosed();
        if (!this.#stopping)
          reject(new SprayproxyDied(`Sprayproxy ended by itself (${how}). Its log:\n${log.join('\n')}`));
      };
      child.on('close', (code, signal) => {
        onEnd(signal ?? `exit code ${code ?? 'unknown'}`);
      });
      child.on('error', (error) => {
        onEnd(error.message);
      });
    });
    // Whoever awaits it gets to see it; in between, nobody may.
    this.died.catch(() => undefined);
    // However this process ends, unless it is killed outright, it leaves nothing behind.
    process.on('exit', () => child.kill('SIGKILL'));
  }

  /** Starts it on free loopback ports, with these variables and nothing else of the shell's environment. */
  static start(variables: Readonly<Record<string, string>>): Sprayproxy {
    const inherited = INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const child = spawn(process.execPath, [PROGRAM, 'server'], {
      env: {
        ...Object.fromEntries(inherited),
        SPRAYPROXY_SERVER_HOST: '127.0.0.1',
        SPRAYPROXY_SERVER_PORT: '0',
        SPRAYPROXY_SERVER_METRICS_PORT: '0',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches this process alone, which then ends the program in order.
      detached: true,
      windowsHide: true,
    });
    const log: string[] = [];
    const listening = new Promise<Listening>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          log.push(line);
          if (log.length > KEPT_LOG_LINES) log.shift();
          if (line.includes('"msg":"listening"')) resolve(JSON.parse(line) as Listening);
        });
      }
    });
    return new Sprayproxy(child, log, listening);
  }

  /** URLs of the webhook listener and of the metrics, as soon as it listens. */
  async urls(): Promise<SprayproxyUrls> {
    const { port, metricsPort } = await this.listening;
    return {
      proxy: `http://127.0.0.1:${port}/proxy`,
      metrics: `http://127.0.0.1:${metricsPort}/metrics`,
    };
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.child.kill('SIGTERM');
    await this.#closed;
  }
}

import { ON_FREE_PORTS, Program } from '../testing/run-program.js';

const SHOWN_LOG_LINES = 20;

/** The program has ended without being asked to. */
export class SprayproxyDied extends Error {}

export interface SprayproxyUrls {
  readonly proxy: string;
  readonly metrics: string;
  /** To look at what became of webhooks. */
  readonly page: string;
}

/** The real program, as a process of its own. */
export class Sprayproxy {
  /** Rejects with `SprayproxyDied`. */
  readonly died: Promise<never>;
  #stopping = false;

  private constructor(private readonly program: Program) {
    this.died = new Promise((_, reject) => {
      void program.exited.then((code) => {
        if (!this.#stopping) reject(new SprayproxyDied(this.#lastWords(code)));
      });
    });
    // Whoever awaits it gets to see it; in between, nobody may.
    this.died.catch(() => undefined);
  }

  /** Starts it on free loopback ports, with these variables and nothing else of the shell's environment. */
  static start(variables: Readonly<Record<string, string>>): Sprayproxy {
    return new Sprayproxy(Program.run({ env: { ...ON_FREE_PORTS, ...variables } }));
  }

  /** URLs of the webhook listener, of the metrics and of the page, as soon as it listens; `died` tells if it never does. */
  async urls(): Promise<SprayproxyUrls> {
    const { port, metricsPort } = await Promise.race([this.program.listening(), this.died]);
    return {
      proxy: `http://127.0.0.1:${port}/proxy`,
      metrics: `http://127.0.0.1:${metricsPort}/metrics`,
      page: `http://127.0.0.1:${port}/deliveries`,
    };
  }

  get pid(): number | undefined {
    return this.program.process.pid;
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.program.stop();
  }

  /** Ends it where it stands, without a word to it. */
  async kill(): Promise<void> {
    this.#stopping = true;
    await this.program.kill();
  }

  #lastWords(code: number | null): string {
    const { process, rawLines, errorOutput } = this.program;
    const how = process.signalCode ?? `exit code ${code ?? 'unknown'}`;
    const log = [...rawLines.slice(-SHOWN_LOG_LINES), errorOutput];
    return `Sprayproxy ended by itself (${how}). Its log:\n${log.join('\n')}`;
  }
}

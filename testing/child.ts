import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { atExit } from './at-exit.js';

/** Characters of output kept to explain an unexpected end. */
const KEPT_OUTPUT = 2000;

/** What a program may need of its surroundings to run at all. None of it configures one of ours. */
const INHERITED = ['PATH', 'HOME', 'LD_LIBRARY_PATH', 'TMPDIR', 'SystemRoot'];

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Opens a channel for messages. */
  readonly ipc?: boolean;
  /** Whether it stays in the group of this process, and Ctrl-C reaches it as well: then it ends without its descendants. */
  readonly sameGroup?: boolean;
}

/** A process and its descendants, which all end with it: they are a process group of their own, unless told otherwise. */
export class Child {
  readonly pid: number;
  readonly exited: Promise<void>;
  /** It has ended, and all it wrote has been read. */
  readonly closed: Promise<void>;
  #tail = '';
  #running = true;

  private constructor(
    readonly process: ChildProcess,
    private readonly sameGroup: boolean,
  ) {
    this.pid = process.pid ?? 0;
    const kill = () => {
      this.#kill();
    };
    const forget = atExit(kill);
    // Read all the time, as a log collector does: a full pipe would stop the writer.
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        const text = chunk.subarray(-KEPT_OUTPUT).toString();
        this.#tail = `${this.#tail}${text}`.slice(-KEPT_OUTPUT);
      });
    }
    this.exited = this.#ended('exit');
    this.closed = this.#ended('close');
    void this.exited.then(() => {
      this.#running = false;
      forget();
    });
  }

  static start(
    command: readonly [string, ...string[]],
    { env = {}, ipc = false, sameGroup = false }: ChildOptions = {},
  ): Child {
    const [file, ...args] = command;
    const inherited = INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return new Child(
      spawn(file, args, {
        env: { ...Object.fromEntries(inherited), ...env },
        stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
        detached: !sameGroup,
        windowsHide: true,
      }),
      sameGroup,
    );
  }

  get running(): boolean {
    return this.#running;
  }

  /** The end of what it has written so far. */
  get output(): string {
    return this.#tail;
  }

  /** Kills all of it: nothing it holds is needed any more. */
  async stop(): Promise<void> {
    this.#kill();
    await this.exited;
  }

  /** Resolves even if it could not be started. */
  async #ended(event: 'exit' | 'close'): Promise<void> {
    await once(this.process, event).catch((error: unknown) => {
      this.#tail += String(error);
    });
  }

  #kill(): void {
    if (this.pid === 0) return;
    try {
      process.kill(this.sameGroup ? this.pid : -this.pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
  }
}

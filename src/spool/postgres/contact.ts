import { type Clock } from '../../clock/clock.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';
import { reasonOf, verdictOf } from './database-error.js';

const BEAT_EVERY_MS = 1000;

/** At the start others may be in the way, who bring the schema up to date. */
const FIRST_TRIES = 5;

interface Options {
  readonly clock: Clock;
  /** What has to be done before anything else. @throws SpoolUnusableError */
  readonly reach: () => Promise<void>;
  /** What is done each second from then on. @param hadFault whether it is to make sure that everything works again */
  readonly beat: (hadFault: boolean) => Promise<void>;
  readonly onLost: () => void;
  readonly onFound: () => void;
  /** It was reached for the first time, later than at the start, and cannot be used. */
  readonly onUnusable: (error: SpoolUnusableError) => void;
}

/** Reaches the database, as often as it takes, and knows whether it works. */
export class Contact {
  #fault: string | undefined = 'the database has not been reached yet';
  #isReached = false;
  #isStopped = false;
  #isWoken = false;
  #running: Promise<void> = Promise.resolve();
  #wakeUp: () => void = () => undefined;

  constructor(private readonly options: Options) {}

  /** Why nothing works; `undefined`: it does. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Whether it has been reached, ever, and is usable. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** Whatever comes of it, it is tried again from then on. @throws SpoolUnusableError */
  async start(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const error = await this.#beat();
      if (error instanceof SpoolUnusableError) throw error;
      if (error === undefined || verdictOf(error) === 'away' || tries >= FIRST_TRIES) break;
      await this.#pause(BEAT_EVERY_MS / FIRST_TRIES);
    }
    this.#running = this.#run();
  }

  /** Something has failed that is the database's. */
  lost(reason: string): void {
    const wasFound = this.#fault === undefined;
    this.#fault = reason;
    if (!wasFound) return;
    this.wake();
    this.options.onLost();
  }

  /** Beats as soon as it can. */
  wake(): void {
    this.#isWoken = true;
    this.#wakeUp();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      if (!this.#isWoken) await this.#pause(BEAT_EVERY_MS);
      this.#isWoken = false;
      if (this.#isStopped) return;
      const error = await this.#beat();
      if (error === undefined) continue;
      if (error instanceof SpoolUnusableError) {
        this.options.onUnusable(error);
        return;
      }
      // Being woken does not make it come back.
      await this.#pause(BEAT_EVERY_MS);
    }
  }

  async #beat(): Promise<unknown> {
    try {
      const hadFault = this.#fault !== undefined;
      if (!this.#isReached) await this.options.reach();
      this.#isReached = true;
      await this.options.beat(hadFault);
      if (hadFault) {
        this.#fault = undefined;
        this.options.onFound();
      }
      return undefined;
    } catch (error) {
      this.lost(reasonOf(error));
      return error;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(ms, resolve);
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }
}

import { type Clock } from '../../clock/clock.js';

/** Between two looks; longer where a look takes long, so that looking never is what the database is busy with. */
const MIN_PAUSE_MS = 100;
const PAUSES_PER_LOOK = 10;

/** Looks when it is asked to, not too often, and always once more after the last time that it was asked. */
export class Refresher {
  #isAsked = false;
  #isStopped = false;
  #looking: Promise<void> | undefined;
  #cancel: () => void = () => undefined;

  /** @param look never rejects */
  constructor(
    private readonly clock: Clock,
    private readonly look: () => Promise<void>,
  ) {}

  ask(): void {
    this.#isAsked = true;
    this.#begin();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#looking;
  }

  #begin(): void {
    if (this.#looking !== undefined || !this.#isAsked || this.#isStopped) return;
    this.#isAsked = false;
    this.#looking = this.#lookAndPause();
  }

  async #lookAndPause(): Promise<void> {
    const startedAt = this.clock.monotonic();
    await this.look();
    const tookMs = this.clock.monotonic() - startedAt;
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(Math.max(MIN_PAUSE_MS, PAUSES_PER_LOOK * tookMs), resolve);
      this.#cancel = () => {
        cancel();
        resolve();
      };
    });
    this.#looking = undefined;
    this.#begin();
  }
}

import { Injectable } from '@nestjs/common';

import { Clock } from '../clock/clock.js';

/** How long no webhook may have been refused until that is over. */
export const QUIET_MS = 10_000;

/** Tells when webhooks are refused though nothing is wrong with them: who sent them may be asked to send them again. */
@Injectable()
export class Refusals {
  #lastAt = -Infinity;
  #isLast = false;
  #awaitsEnd = false;

  constructor(private readonly clock: Clock) {}

  /** Called when there has been none for a while. */
  onOver: () => void = () => undefined;

  /** Whether what comes now is likely to be refused. */
  get areGoingOn(): boolean {
    return this.#isLast && this.clock.monotonic() - this.#lastAt < QUIET_MS;
  }

  /** @param status that a webhook was answered with */
  answered(status: number): void {
    if (status < 300) this.#isLast = false;
    if (status < 500) return;
    this.#isLast = true;
    this.#lastAt = this.clock.monotonic();
    if (!this.#awaitsEnd) this.#tellAfter(QUIET_MS);
  }

  #tellAfter(ms: number): void {
    this.#awaitsEnd = true;
    this.clock.after(ms, () => {
      const leftMs = this.#lastAt + QUIET_MS - this.clock.monotonic();
      if (leftMs > 0) {
        this.#tellAfter(leftMs);
        return;
      }
      this.#awaitsEnd = false;
      this.onOver();
    });
  }
}

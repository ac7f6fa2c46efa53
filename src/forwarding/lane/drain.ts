import { type Clock } from '../../clock/clock.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type BackendHealth } from './backend-health.js';
import { type Pace } from './pace.js';
import { type ReadAhead } from './read-ahead.js';
import { type Unwanted } from './unwanted.js';

export interface DrainParts {
  readonly clock: Clock;
  readonly health: BackendHealth;
  readonly unwanted: Unwanted;
  readonly ahead: ReadAhead;
  readonly pace: Pace;
  readonly stopped: AbortSignal;
  /** Attempts that may begin now, those of webhooks that have just come in apart. */
  readonly room: () => number;
  readonly isRunning: (stored: StoredDelivery) => boolean;
  readonly isOwed: (id: number) => Promise<boolean>;
  /** Begins an attempt. */
  readonly begin: (stored: StoredDelivery) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** Sees to it that what is owed is sent when its time has come, oldest first: one at first after a failure, none before its time. */
export class Drain {
  #pumping = false;
  #wakes = 0;
  #pausedUntil = 0;
  #timerAt = Infinity;
  #cancelTimer: (() => void) | undefined;
  #cancelStep: (() => void) | undefined;
  #waitsForRoom = false;

  constructor(private readonly parts: DrainParts) {
    parts.stopped.addEventListener('abort', () => {
      this.#cancelTimer?.();
      this.#cancelStep?.();
    });
  }

  /** Whether there was no room when it last looked: it looks again when somebody tells of some. */
  get waitsForRoom(): boolean {
    return this.#waitsForRoom;
  }

  /** Sends what is due. */
  wake(): void {
    this.#wakes += 1;
    if (!this.#pumping) void this.#pump();
  }

  /** Begins nothing for a while. */
  pause(ms: number): void {
    this.#pausedUntil = this.parts.clock.monotonic() + ms;
    this.#wakeAt(this.#pausedUntil);
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      let seen: number;
      do {
        seen = this.#wakes;
        await this.#sendDue();
      } while (seen !== this.#wakes);
    } catch (error) {
      this.parts.onTrouble(error);
    } finally {
      this.#pumping = false;
    }
  }

  async #sendDue(): Promise<void> {
    const { ahead, unwanted, room, isRunning, isOwed, pace, begin } = this.parts;
    let skipped = false;
    this.#waitsForRoom = false;
    while (room() > 0) {
      if (this.#mustWait()) return;
      const stored = await ahead.next();
      if (stored === undefined) {
        await unwanted.keepOnly(isOwed);
        if (!skipped) return;
        skipped = false;
        // All there are have failed before: the oldest of them is as good as any.
        if (unwanted.exploring) unwanted.stopExploring();
        else return;
      } else if (!isRunning(stored)) {
        if (unwanted.mustWait(stored.delivery.id)) skipped = true;
        // There was a wait, for the spool to be read.
        else if (!this.#mustWait()) {
          pace.step();
          begin(stored);
        }
      }
    }
    this.#waitsForRoom = true;
  }

  #mustWait(): boolean {
    const { health, unwanted, clock, stopped } = this.parts;
    if (stopped.aborted) return true;
    if (unwanted.nextAt !== undefined) this.#wakeAt(unwanted.nextAt);
    const until = Math.max(health.retryAt, this.#pausedUntil);
    if (until > clock.monotonic()) {
      this.#wakeAt(until);
      return true;
    }
    return this.#isAheadOfPace();
  }

  /** What was read ahead is still good then. */
  #isAheadOfPace(): boolean {
    const { clock, pace } = this.parts;
    const waitMs = pace.nextAt - clock.monotonic();
    if (waitMs <= 0) return false;
    this.#cancelStep?.();
    this.#cancelStep = clock.after(waitMs, () => {
      this.wake();
    });
    return true;
  }

  /** @param at ms of the monotonic clock */
  #wakeAt(at: number): void {
    if (at >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = this.parts.clock.after(at - this.parts.clock.monotonic(), () => {
      this.#timerAt = Infinity;
      this.parts.ahead.startOver();
      this.wake();
    });
  }
}

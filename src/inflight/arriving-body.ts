import { type SprayproxyError } from '../model/sprayproxy-error.js';
import { type BodyPace } from './body-pace.js';
import { type InflightBudget, MAX_WAIT_MS } from './inflight-budget.js';
import { type Reservation } from './reservation.js';
import { isSmall } from './room-ledger.js';

/** Room is taken in steps of so many bytes. */
export const STEP_BYTES = 64 * 1024;

/**
 * A body on its way in, not verified yet, and its room. The first step is for everybody; to go on, it has to find that there
 * is room for all it may need, so that those who go on can come to their end. That is not taken before it has come.
 */
export class ArrivingBody {
  readonly #small: boolean;
  #spokenBytes = 0;
  #heldBytes = 0;
  #stopWaiting: (() => void) | undefined;

  constructor(
    private readonly budget: InflightBudget,
    /** What it may need in all. */
    private readonly neededBytes: number,
    readonly pace: BodyPace,
    /** Tells its reader that it ends here. */
    readonly end: (error: SprayproxyError) => void,
  ) {
    this.#small = isSmall(neededBytes);
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get waits(): boolean {
    return this.#stopWaiting !== undefined;
  }

  /** Takes room so that it has `bytes` in all, if there is some right now. */
  grow(bytes: number): boolean {
    if (bytes <= this.#heldBytes) return true;
    const wanted = this.#wantedFor(bytes);
    if (wanted > 0 && !this.budget.speakFor(wanted, this.#small, this.#heldBytes > 0)) return false;
    this.#take(bytes, wanted);
    return true;
  }

  /** Waits until it has room for `bytes` in all. For all its waits together it has `MAX_WAIT_MS`. */
  awaitRoom(bytes: number, now: number, goOn: () => void): void {
    const wanted = this.#wantedFor(bytes);
    const waiting = { over: false };
    const stop = this.budget.wait(
      {
        bytes: wanted,
        small: this.#small,
        heldBytes: this.#heldBytes,
        admitted: () => {
          waiting.over = true;
          this.#stopWaiting = undefined;
          this.#take(bytes, wanted);
          goOn();
        },
        refused: (error) => {
          waiting.over = true;
          this.#stopWaiting = undefined;
          this.end(error);
        },
      },
      Math.max(0, MAX_WAIT_MS - this.pace.heldBackMs(now)),
    );
    // Others may have given way at once.
    if (!waiting.over) this.#stopWaiting = stop;
  }

  /** Gives back what it has spoken for and not got. If it goes on, it has to ask again. */
  forgoRest(): void {
    const rest = this.#spokenBytes - this.#heldBytes;
    this.#spokenBytes = this.#heldBytes;
    if (rest > 0) this.budget.giveBack(rest, 0, this.#small);
  }

  /** It has come in whole: what it holds is a reservation from now on. */
  arrived(bytes: number): Reservation {
    const spoken = this.#spokenBytes - bytes;
    const held = this.#heldBytes - bytes;
    this.#spokenBytes = 0;
    this.#heldBytes = 0;
    const reservation = this.budget.reservationOf(bytes, this.#small);
    if (spoken > 0) this.budget.giveBack(spoken, held, this.#small);
    return reservation;
  }

  release(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    const spoken = this.#spokenBytes;
    const held = this.#heldBytes;
    this.#spokenBytes = 0;
    this.#heldBytes = 0;
    if (spoken > 0) this.budget.giveBack(spoken, held, this.#small);
  }

  #take(bytes: number, spokenFor: number): void {
    const held = this.#stepsFor(bytes);
    this.#spokenBytes += spokenFor;
    this.budget.hold(held - this.#heldBytes);
    this.#heldBytes = held;
  }

  #wantedFor(bytes: number): number {
    const steps = this.#stepsFor(bytes);
    if (steps <= this.#spokenBytes) return 0;
    return (steps <= STEP_BYTES ? steps : this.neededBytes) - this.#spokenBytes;
  }

  #stepsFor(bytes: number): number {
    return Math.min(this.neededBytes, Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }
}

import { type Clock } from '../../clock/clock.js';
import { type AttemptResult } from '../../model/attempt.js';
import { retryDelayMs, type RetryLimits } from './retry-policy.js';

/**
 * Failures of the oldest until another is tried in its stead: early, when little time is lost by that, and then hardly ever:
 * when a backend is back, the oldest is to be the first that it gets.
 */
const PATIENCE = [2, 1, 64, 256, 1024];

/** A backend that is away for a moment is to get the oldest first. */
const EXPLORE_AFTER_MS = 5000;

interface Trouble {
  /** When its latest attempt began, in ms of the monotonic clock. */
  beganAt: number;
  /** Failures since the backend was first seen to accept others meanwhile; 0: it was not. */
  alone: number;
  /** Ms of the monotonic clock. */
  notBefore: number;
}

/**
 * The deliveries that a backend has answered with a failure. Whether that is for their own sake shows when others get
 * through meanwhile: such a delivery goes on by its own back-off, and holds nobody up. To find that out, another is tried
 * now and then in the place of the oldest; where that fails too, it is the backend that fails, and the oldest comes first.
 */
export class Unwanted {
  readonly #troubles = new Map<number, Trouble>();
  /** Failures in a row of the oldest. */
  #failures = 0;
  /** Since when none was accepted, in ms of the monotonic clock. */
  #failingSince = Infinity;
  /** How often another was tried in vain. */
  #explored = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limits: RetryLimits,
  ) {}

  /** How many are known to fail while others get through. */
  get aloneCount(): number {
    let count = 0;
    for (const { alone } of this.#troubles.values()) if (alone > 0) count += 1;
    return count;
  }

  /** Whether a delivery failed while others got through. */
  isAlone(id: number): boolean {
    return (this.#troubles.get(id)?.alone ?? 0) > 0;
  }

  /** Whether it is not the turn of a delivery: others come first, or its own time has not come. */
  mustWait(id: number): boolean {
    const trouble = this.#troubles.get(id);
    if (trouble === undefined) return false;
    return trouble.notBefore > this.clock.monotonic() || this.exploring;
  }

  /** Whether another is to be tried than those that have failed. */
  get exploring(): boolean {
    return (
      this.#failures >= (PATIENCE[this.#explored] ?? Infinity) &&
      this.clock.monotonic() - this.#failingSince >= EXPLORE_AFTER_MS
    );
  }

  /** When the next of them is due by its own back-off, in ms of the monotonic clock; `undefined`: none waits. */
  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const { notBefore } of this.#troubles.values()) {
      if (notBefore > this.clock.monotonic()) next = Math.min(next ?? Infinity, notBefore);
    }
    return next;
  }

  /** When the attempt before the one that began at `beganAt` began; that moment itself, if there was none. */
  previousBegan(id: number, beganAt: number): number {
    return this.#troubles.get(id)?.beganAt ?? beganAt;
  }

  /** There is no other to try. */
  stopExploring(): void {
    this.#failures = 0;
  }

  /**
   * @param beganAt when the attempt began, in ms of the monotonic clock
   * @param alone whether others got through since the attempt before
   */
  failed(
    id: number,
    { status, outcome, retryAfterMs = 0 }: AttemptResult,
    beganAt: number,
    alone: boolean,
  ): void {
    // No connection: no fault of what would have been sent on it.
    if (status === undefined && outcome === 'refused') return;
    const known = this.#troubles.get(id);
    this.#failingSince = Math.min(this.#failingSince, beganAt);
    const wasExploring = this.exploring;
    const before = known?.alone ?? 0;
    const failuresAlone = alone || before > 0 ? before + 1 : 0;
    const waitMs =
      failuresAlone === 0
        ? 0
        : retryDelayMs(failuresAlone + 1, this.limits, this.clock.random(), retryAfterMs);
    this.#troubles.set(id, { beganAt, alone: failuresAlone, notBefore: this.clock.monotonic() + waitMs });
    if (failuresAlone > 0) return;
    if (wasExploring) {
      this.#failures = 0;
      this.#explored += 1;
    } else {
      this.#failures += 1;
    }
  }

  /**
   * The backend has accepted one: the others that failed may have failed with it, and are due.
   * @returns whether there are any
   */
  accepted(id: number | undefined): boolean {
    if (this.#troubles.size === 0) return false;
    if (id !== undefined) this.#troubles.delete(id);
    this.#failures = 0;
    this.#explored = 0;
    this.#failingSince = Infinity;
    return true;
  }

  /** Forgets those that are owed no more: dead, rejected or discarded. */
  async keepOnly(isOwed: (id: number) => Promise<boolean>): Promise<void> {
    for (const id of [...this.#troubles.keys()]) {
      if (!(await isOwed(id))) this.#troubles.delete(id);
    }
  }

  /** Nothing is owed any more. */
  clear(): void {
    this.#troubles.clear();
  }
}

import { type AttemptResult } from './attempt.js';
import { type Backend } from './backend.js';
import { type SprayproxyError } from './sprayproxy-error.js';

interface Common {
  /** What `/deliveries` knows the delivery by, if it does. */
  readonly id?: number;
  /** What came of the attempts that have ended. */
  readonly attempts: readonly AttemptResult[];
  /** Whether this was a redelivery, sent to those alone that missed it. */
  readonly fillsGaps: boolean;
  /** The backends that it was not for; absent: no backend has a filter. */
  readonly filtered?: readonly Backend[];
}

/** Every backend that was to get the delivery has answered. */
export interface Served extends Common {
  readonly kind: 'served';
}

/** What is still missing is on disk. */
export interface Kept extends Common {
  readonly kind: 'kept';
  readonly id: number;
  /** The backends that will be sent the delivery. */
  readonly owed: readonly Backend[];
  /** Those that will not, unless somebody asks for it. */
  readonly dead: readonly Backend[];
}

/** A backend misses the delivery, and nothing but GitHub's redelivery will send it. */
export interface Failed extends Common {
  readonly kind: 'failed';
  readonly owed: readonly Backend[];
  /** Why it is not kept. */
  readonly fault: SprayproxyError;
}

/** What the fan-out tells the door. */
export type Report = Served | Kept | Failed;

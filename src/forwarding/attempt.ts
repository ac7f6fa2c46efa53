import { type Backend } from '../backends/backend.js';

export const OUTCOMES = ['accepted', 'rejected', 'refused', 'unknown'] as const;

/**
 * What came of one attempt.
 * - accepted: the backend has taken the delivery.
 * - rejected: it has read it and said no; sending it again would change nothing.
 * - refused: it cannot have taken it; sending it again is safe.
 * - unknown: it may have taken it; sending it again may start its pipelines twice.
 */
export type Outcome = (typeof OUTCOMES)[number];

export interface AttemptResult {
  readonly backend: Backend;
  readonly outcome: Outcome;
  /** Until the status came, or until it was clear that none would. */
  readonly durationMs: number;
  /** HTTP status; absent: no answer came. */
  readonly status?: number;
  /** Beginning of the answer that came with a failure, control characters escaped. */
  readonly answer?: string;
  /** Why no answer came. */
  readonly error?: string;
}

/** Whether nothing is owed to the backend any more. */
export function isServed({ outcome }: AttemptResult): boolean {
  switch (outcome) {
    case 'accepted':
    case 'rejected':
      return true;
    case 'refused':
    case 'unknown':
      return false;
    default:
      return outcome satisfies never;
  }
}

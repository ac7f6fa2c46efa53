import { type Backend } from './backend.js';
import { type Outcome } from './outcome.js';

export interface AttemptResult {
  readonly backend: Backend;
  readonly outcome: Outcome;
  /** Until the status came, or until it was clear that none would. */
  readonly durationMs: number;
  /** HTTP status; absent: no answer came. */
  readonly status?: number;
  /** How long the backend asked to be left alone, in ms. @see RFC 9110 section 10.2.3 (Retry-After) */
  readonly retryAfterMs?: number;
  /** Beginning of the answer that came with a failure, control characters escaped. */
  readonly answer?: string;
  /** Why no answer came. */
  readonly error?: string;
  /** `true`: no attempt was made, since the backend had been unregistered meanwhile. */
  readonly withdrawn?: true;
  /** Of a failure: whether the backend accepted other deliveries since the attempt before this one began. */
  readonly othersGotThrough?: boolean;
  /**
   * `false`, of an unknown outcome only: never to be sent again by itself, whatever the guarantee. The backend had begun to
   * answer, so that it has read the request; what it answered could not be read.
   */
  readonly mayRepeat?: false;
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

/** An attempt as the log shows it. Named one by one, since copying the rest of an object is slow. */
export const loggedAttempt = ({
  backend,
  outcome,
  status,
  durationMs,
  retryAfterMs,
  answer,
  error,
}: AttemptResult): object => ({
  host: backend.host,
  outcome,
  status,
  durationMs: Math.round(durationMs * 10) / 10,
  retryAfterMs,
  answer,
  error,
});

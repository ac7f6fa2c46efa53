import { type AttemptRecord, type Forward, type ShownState, shownState } from '../model/forward.js';
import { type Outcome } from '../model/outcome.js';
import { type FoundDelivery } from './delivery-finder.js';

/** An attempt as it is shown. */
export interface AttemptView {
  /** When it began, RFC 3339. */
  readonly at: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly status?: number;
  readonly error?: string;
  readonly answer?: string;
}

/** A forward as lists show it. */
export interface ForwardSummary {
  /** URL of the backend. */
  readonly backend: string;
  readonly state: ShownState;
  /** Why it is dead, or filtered. */
  readonly reason?: string;
  readonly attemptCount: number;
  /** When the attempt that is running began, RFC 3339. */
  readonly runningSince?: string;
  readonly lastAttempt?: AttemptView;
}

export interface ForwardView extends Omit<ForwardSummary, 'lastAttempt'> {
  /** The latest of them, oldest first. */
  readonly attempts: readonly AttemptView[];
}

/** Of a delivery's metadata what is fit to be shown: no payload, no headers, no query. */
export interface DeliveryFields {
  readonly id: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly guid?: string;
  readonly event?: string;
  readonly repository?: string;
  readonly requestId?: string;
  /** When GitHub could not deliver it, RFC 3339; it was asked to send it again. */
  readonly recoveredFrom?: string;
  readonly payloadBytes: number;
  /** Whether it can be sent again from here. */
  readonly payloadKept: boolean;
}

export interface DeliverySummary extends DeliveryFields {
  readonly forwards: readonly ForwardSummary[];
}

export interface DeliveryView extends DeliveryFields {
  readonly forwards: readonly ForwardView[];
}

/** A delivery that was sent again. */
export interface ResendView extends DeliveryView {
  /** URLs of the backends that are paused: they are owed it instead. */
  readonly paused?: readonly string[];
}

export interface DeliveryList {
  readonly deliveries: readonly DeliverySummary[];
  readonly next: string | null;
}

export interface DiscardView extends DeliveryFields {
  readonly discarded: readonly ForwardView[];
}

export const summaryOf = (stored: FoundDelivery): DeliverySummary => ({
  ...fieldsOf(stored),
  forwards: stored.forwards.map((forward) => {
    const last = forward.attempts.at(-1);
    return { ...commonOf(forward), ...(last !== undefined && { lastAttempt: attemptOf(last) }) };
  }),
});

export const viewOf = (stored: FoundDelivery): DeliveryView => ({
  ...fieldsOf(stored),
  forwards: stored.forwards.map(forwardOf),
});

export function fieldsOf({ delivery, payloadKept, recoveredFrom }: FoundDelivery): DeliveryFields {
  const { id, receivedAt, guid, event, repository, requestId, payloadBytes } = delivery;
  return {
    id: String(id),
    receivedAt: time(receivedAt),
    ...(guid !== undefined && { guid }),
    ...(event !== undefined && { event }),
    ...(repository !== undefined && { repository }),
    ...(requestId !== undefined && { requestId }),
    ...(recoveredFrom !== undefined && { recoveredFrom: time(recoveredFrom) }),
    payloadBytes,
    payloadKept,
  };
}

export const forwardOf = (forward: Forward): ForwardView => ({
  ...commonOf(forward),
  attempts: forward.attempts.map(attemptOf),
});

function commonOf(forward: Forward): Omit<ForwardSummary, 'lastAttempt'> {
  const { backend, reason, attemptCount, runningSince } = forward;
  return {
    backend,
    state: shownState(forward),
    ...(reason !== undefined && { reason }),
    attemptCount,
    ...(runningSince !== undefined && { runningSince: time(runningSince) }),
  };
}

const attemptOf = ({ at, outcome, durationMs, status, error, answer }: AttemptRecord): AttemptView => ({
  at: time(at),
  outcome,
  durationMs,
  ...(status !== undefined && { status }),
  ...(error !== undefined && { error }),
  ...(answer !== undefined && { answer }),
});

export const time = (ms: number): string => new Date(ms).toISOString();

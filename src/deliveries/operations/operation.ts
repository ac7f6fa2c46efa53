import { type LIST_PARAMETERS } from '../list-query.js';

/** What is done to many deliveries. */
export const ACTIONS = ['resend', 'discard'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * - running: it is under way, or waits for a backend.
 * - done: nothing is left to do.
 * - cancelled: somebody has ended it; the rest is as it was.
 * - failed: a fault of the program has ended it.
 * - interrupted: the process that ran it has ended.
 */
export const OPERATION_STATES = ['running', 'done', 'cancelled', 'failed', 'interrupted'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/**
 * What has become of a forward.
 * - accepted, rejected, dead: what came of sending it.
 * - owed: its lane goes on with it by itself: the backend does not take it while it takes others, or somebody has asked for
 *   this very one and the operation was cancelled.
 * - discarded: it is no longer there.
 * - unchanged: when its turn came there was nothing to do any more.
 */
export const OPERATION_OUTCOMES = ['accepted', 'rejected', 'dead', 'owed', 'discarded', 'unchanged'] as const;
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

export type FilterName = Exclude<(typeof LIST_PARAMETERS)[number], 'limit' | 'cursor'>;

/** Filters as a client gives them, but for `since`, which is a time. */
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** Deliveries, and the forwards of them that are meant. */
export interface Count {
  readonly deliveries: number;
  readonly forwards: number;
}

/** As it is shown. */
export interface OperationView {
  readonly id: string;
  readonly action: Action;
  readonly filters: Filters;
  /** Whether what was accepted is sent again too. */
  readonly accepted: boolean;
  /** Who has begun it. */
  readonly user?: string;
  readonly state: OperationState;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339. */
  readonly endedAt?: string;
  /** Why it has failed. */
  readonly error?: string;
  /** Who has cancelled it. */
  readonly cancelledBy?: string;
  /** Grows until all are counted. */
  readonly total: Count;
  /** Forwards. */
  readonly done: number;
  readonly outcomes: Readonly<Partial<Record<OperationOutcome, number>>>;
  /** URLs of the backends that nothing comes back from: they are down or paused. */
  readonly waitingFor?: readonly string[];
}

/** As it is noted. */
export interface Operation extends OperationView {
  /** The holder by whose process it is run. */
  readonly by: string;
  /** When it was noted, RFC 3339. */
  readonly notedAt: string;
}

export const viewOfOperation = ({ by, notedAt, ...view }: Operation): OperationView => view;

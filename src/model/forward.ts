import { type Outcome } from './outcome.js';

/**
 * - owed: will be sent.
 * - accepted, rejected: the backend has answered.
 * - dead: will not be sent again by itself; kept until somebody sends it again or discards it.
 */
export const FORWARD_STATES = ['owed', 'accepted', 'rejected', 'dead'] as const;
export type ForwardState = (typeof FORWARD_STATES)[number];

export const DELIVERY_GUARANTEES = ['at-least-once', 'at-most-once'] as const;
export type DeliveryGuarantee = (typeof DELIVERY_GUARANTEES)[number];

/** Each one may start the backend's pipelines once more. */
export const MAX_UNKNOWN_ATTEMPTS = 3;

/** A forward that is retried for days has hundreds. */
export const MAX_KEPT_ATTEMPTS = 10;

/** One attempt as it is kept and shown. */
export interface AttemptRecord {
  /** When it began, ms since the epoch. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** HTTP status; absent: no answer came. */
  readonly status?: number;
  /** Beginning of the answer that came with a failure. */
  readonly answer?: string;
  /** Why no answer came. */
  readonly error?: string;
}

/** One delivery and one backend. */
export interface Forward {
  /** The backend's key. */
  readonly backend: string;
  readonly state: ForwardState;
  /** Attempts so far; `attempts` holds the latest of them, oldest first. */
  readonly attemptCount: number;
  readonly attempts: readonly AttemptRecord[];
  /** How many of them had an unknown outcome since the forward was last owed afresh. */
  readonly unknownCount: number;
  /** When the attempt that is running began, ms since the epoch. */
  readonly runningSince?: number;
  /** Why it is dead. */
  readonly reason?: string;
}

export const newForward = (backend: string): Forward => ({
  backend,
  state: 'owed',
  attemptCount: 0,
  attempts: [],
  unknownCount: 0,
});

/** Whether it still keeps the payload: it will be sent, or somebody may want it sent. */
export const isOpen = ({ state }: Forward): boolean => state === 'owed' || state === 'dead';

export const begin = (forward: Forward, at: number): Forward => ({ ...forward, runningSince: at });

/** The forward after an attempt at it has ended. */
export function settle(forward: Forward, attempt: AttemptRecord, guarantee: DeliveryGuarantee): Forward {
  const { runningSince, reason = '', ...rest } = forward;
  const settled = {
    ...rest,
    attemptCount: forward.attemptCount + 1,
    attempts: [...forward.attempts, attempt].slice(-MAX_KEPT_ATTEMPTS),
  };
  switch (attempt.outcome) {
    case 'accepted':
    case 'rejected':
      return { ...settled, state: attempt.outcome };
    case 'refused':
    case 'unknown': {
      // Given up, or answered, while the attempt was running: its failure changes nothing.
      if (forward.state === 'dead') return { ...settled, state: 'dead', reason };
      if (forward.state !== 'owed' || attempt.outcome === 'refused') return settled;
      const unknownCount = forward.unknownCount + 1;
      const mayRepeat = guarantee === 'at-least-once' && unknownCount < MAX_UNKNOWN_ATTEMPTS;
      return mayRepeat
        ? { ...settled, unknownCount, state: 'owed' }
        : { ...settled, unknownCount, state: 'dead', reason: unknownReason(unknownCount) };
    }
    default:
      return attempt.outcome satisfies never;
  }
}

const unknownReason = (count: number): string =>
  `outcome unknown ${count} ${count === 1 ? 'time' : 'times'}: the backend may have taken it`;

/** The process ended while the attempt was running. */
export function interrupted(forward: Forward, guarantee: DeliveryGuarantee): Forward {
  const at = forward.runningSince;
  if (at === undefined) return forward;
  const error = 'the process ended during the attempt';
  return settle(forward, { at, outcome: 'unknown', durationMs: 0, error }, guarantee);
}

/** Given up, unless it is over already. */
export const bury = (forward: Forward, reason: string): Forward =>
  forward.state === 'owed' ? { ...forward, state: 'dead', reason } : forward;

/** Owed afresh, whatever came of it before. */
export function revive(forward: Forward): Forward {
  const { reason, ...rest } = forward;
  return { ...rest, state: 'owed', unknownCount: 0 };
}

/** For who wants it sent where it is missing. */
export const reviveDead = (forward: Forward): Forward =>
  forward.state === 'dead' ? revive(forward) : forward;

/** For who wants it sent though the backend has answered. */
export const reviveUnlessOwed = (forward: Forward): Forward =>
  forward.state === 'owed' ? forward : revive(forward);

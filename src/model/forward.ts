import { type FilterKey } from './backend-filter.js';
import { type Outcome } from './outcome.js';

/**
 * - owed: will be sent.
 * - accepted: the backend has it.
 * - rejected: the backend has read it and said no; kept for a while, so that it can be sent again.
 * - dead: will not be sent again by itself; kept until somebody sends it again or discards it.
 */
export const FORWARD_STATES = ['owed', 'accepted', 'rejected', 'dead'] as const;
export type ForwardState = (typeof FORWARD_STATES)[number];

/**
 * As they are shown, and chosen by.
 * - filtered: the backend's filter left the delivery out when it came in. It is not missed, and was never attempted.
 */
export const SHOWN_STATES = [...FORWARD_STATES, 'filtered'] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

/** Those in which the backend misses the delivery. */
export const MISSING_STATES = ['owed', 'dead', 'rejected'] as const satisfies readonly ForwardState[];

export const DELIVERY_GUARANTEES = ['at-least-once', 'at-most-once'] as const;
export type DeliveryGuarantee = (typeof DELIVERY_GUARANTEES)[number];

/** Each one may start the backend's pipelines once more. */
export const MAX_UNKNOWN_ATTEMPTS = 3;

/** Each one while the backend accepted others: it is this delivery that it does not want. */
export const MAX_REFUSED_ALONE = 10;

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
  /** How many were refused while the backend accepted others, since the forward was last owed afresh. */
  readonly refusedAloneCount?: number;
  /** When somebody wanted it sent again, ms since the epoch: its age counts from then. */
  readonly owedSince?: number;
  /** What it was then. */
  readonly before?: Pick<Forward, 'state' | 'reason' | 'released'>;
  /** When the attempt that is running began, ms since the epoch. */
  readonly runningSince?: number;
  /** Who makes that attempt, as the spool names it. */
  readonly claimedBy?: string;
  /** What was rejected is kept no longer. */
  readonly released?: true;
  /** The backend's filter left it out. Its state is accepted: an older program knows none for it, and misses nothing. */
  readonly filtered?: true;
  /** Why it is dead, or filtered. */
  readonly reason?: string;
}

export const newForward = (backend: string): Forward => ({
  backend,
  state: 'owed',
  attemptCount: 0,
  attempts: [],
  unknownCount: 0,
});

/** @param by the list of the backend's filter that the delivery is not in */
export const filteredForward = (backend: string, by: FilterKey): Forward => ({
  ...newForward(backend),
  state: 'accepted',
  filtered: true,
  reason: `not among the ${by} of its filter`,
});

/** An older program that sends it on request leaves the mark. */
export const shownState = ({ state, filtered, attemptCount }: Forward): ShownState =>
  filtered === true && state === 'accepted' && attemptCount === 0 ? 'filtered' : state;

/** Whether the backend misses the delivery: a redelivery is for it. It keeps the payload, for that or for its own turn. */
export const isKept = ({ state, released }: Forward): boolean => state !== 'accepted' && released !== true;

export const isRunning = ({ runningSince }: Forward): boolean => runningSince !== undefined;

/** Whether the backend is being sent what it is owed. */
export const isOwedAndRunning = (forward: Forward): boolean => forward.state === 'owed' && isRunning(forward);

export const begin = (forward: Forward, at: number): Forward => ({ ...forward, runningSince: at });

/** What decides of a failed attempt whether there will be another. */
export interface SettleRules {
  readonly guarantee: DeliveryGuarantee;
  /** Whether the backend accepted other deliveries since the attempt before this one began. */
  readonly othersGotThrough: boolean;
}

/** The forward after an attempt at it has ended. */
export function settle(forward: Forward, attempt: AttemptRecord, rules: SettleRules): Forward {
  const { runningSince, claimedBy, reason, ...rest } = forward;
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
    case 'unknown':
      // Given up, or answered, while the attempt was running: its failure changes nothing.
      if (forward.state !== 'owed') return { ...settled, ...(reason !== undefined && { reason }) };
      return attempt.outcome === 'refused' ? refused(settled, rules) : unknown(settled, rules);
    default:
      return attempt.outcome satisfies never;
  }
}

function refused(forward: Forward, { othersGotThrough }: SettleRules): Forward {
  if (!othersGotThrough) return forward;
  const refusedAloneCount = (forward.refusedAloneCount ?? 0) + 1;
  return refusedAloneCount < MAX_REFUSED_ALONE
    ? { ...forward, refusedAloneCount }
    : {
        ...forward,
        refusedAloneCount,
        state: 'dead',
        reason: `refused ${refusedAloneCount} times while the backend accepted others`,
      };
}

function unknown(forward: Forward, { guarantee }: SettleRules): Forward {
  const unknownCount = forward.unknownCount + 1;
  return guarantee === 'at-least-once' && unknownCount < MAX_UNKNOWN_ATTEMPTS
    ? { ...forward, unknownCount }
    : { ...forward, unknownCount, state: 'dead', reason: unknownReason(unknownCount) };
}

const unknownReason = (count: number): string =>
  `outcome unknown ${count} ${count === 1 ? 'time' : 'times'}: the backend may have taken it`;

/** An attempt whose process ended. */
export const interruptedAttempt = ({ runningSince = 0 }: Forward): AttemptRecord => ({
  at: runningSince,
  outcome: 'unknown',
  durationMs: 0,
  error: 'the process ended during the attempt',
});

/** Given up, unless it is over already. */
export const bury = (forward: Forward, reason: string): Forward =>
  forward.state === 'owed' ? { ...forward, state: 'dead', reason } : forward;

/**
 * Owed afresh, whatever came of it before.
 * @param at ms since the epoch: its age counts from then, and it can be withdrawn. Absent: neither
 */
export function revive(forward: Forward, at?: number): Forward {
  const { reason, released, refusedAloneCount, filtered, before, ...rest } = forward;
  const { state } = forward;
  return {
    ...rest,
    state: 'owed',
    unknownCount: 0,
    ...(at !== undefined && { owedSince: at }),
    ...(at !== undefined &&
      state !== 'owed' && {
        before: { state, ...(reason !== undefined && { reason }), ...(released && { released }) },
      }),
  };
}

/** Somebody wants this very one: it can no longer be withdrawn with others. */
export function insistOn(forward: Forward): Forward {
  const { before, ...rest } = forward;
  return before === undefined ? forward : rest;
}

/** As it was before somebody wanted it sent again, unless it is over or being sent. */
export function withdraw(forward: Forward): Forward {
  const { before, owedSince, ...rest } = forward;
  return before === undefined || forward.state !== 'owed' || isRunning(forward)
    ? forward
    : { ...rest, ...before };
}

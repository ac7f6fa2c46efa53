import { type RecoveryNote } from '../model/recovery-note.js';
import { type FailedDelivery } from './failed-delivery.js';

/** By how much the wait before a request is longer than the one before. */
const BACK_OFF = 8;

/** GitHub makes an attempt within seconds, and lists it when it is over, some 10 s later at most; a day with troubles has more. */
const MIN_UNDER_WAY_MS = 10_000;
const ROUNDS_UNDER_WAY = 2.5;

export interface RecoveryRules {
  readonly intervalMs: number;
  readonly maxAgeMs: number;
  readonly maxAttempts: number;
  /** Since when the webhook secrets are what they are, ms since the epoch. */
  readonly secretsSince: number;
}

/**
 * What is to be done about a webhook that GitHub could not deliver.
 * - ask: GitHub is asked to send it again.
 * - later: it has been, and has failed again a short time ago.
 * - under way: it has been, and nothing has come of it yet.
 * - too old, refused: nothing, and never: it is older than may be asked for; it was turned away for good.
 * - given up: nothing any more; it was asked for as often as may be.
 */
export type Verdict = 'ask' | 'later' | 'under way' | 'too old' | 'refused' | 'given up';

/** @param now ms since the epoch */
export function verdictOf(
  { first, latest }: FailedDelivery,
  note: RecoveryNote | undefined,
  rules: RecoveryRules,
  now: number,
): Verdict {
  if (now - first.at > rules.maxAgeMs) return 'too old';
  // Too large; or signed with none of our secrets, unless they were others then.
  if (latest.status === 413 || (latest.status === 400 && latest.at >= rules.secretsSince)) return 'refused';
  if (note === undefined) return 'ask';
  if (note.givenUp === true) return 'given up';
  const sinceMs = now - note.requestedAt;
  // By its id: the clocks of two hosts need not agree.
  const isUnderWay = latest.id === note.latest;
  if (isUnderWay && sinceMs < Math.max(MIN_UNDER_WAY_MS, ROUNDS_UNDER_WAY * rules.intervalMs)) {
    return 'under way';
  }
  if (note.requests >= rules.maxAttempts) return 'given up';
  return sinceMs < rules.intervalMs * BACK_OFF ** (note.requests - 1) ? 'later' : 'ask';
}

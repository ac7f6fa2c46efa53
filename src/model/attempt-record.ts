import { type AttemptRecord, type DeliveryGuarantee } from './forward.js';
import { type AttemptResult } from './attempt.js';

/** @param endedAt ms since the epoch */
export function attemptRecord(result: AttemptResult, endedAt: number): AttemptRecord {
  const { outcome, durationMs, status, answer, error } = result;
  return {
    at: Math.round(endedAt - durationMs),
    outcome,
    durationMs: Math.round(durationMs * 10) / 10,
    ...(status !== undefined && { status }),
    ...(answer !== undefined && { answer }),
    ...(error !== undefined && { error }),
  };
}

/** The guarantee that holds after an attempt: what must not be repeated is not, whatever is configured. */
export const guaranteeFor = (
  { mayRepeat }: AttemptResult,
  configured: DeliveryGuarantee,
): DeliveryGuarantee => (mayRepeat === false ? 'at-most-once' : configured);

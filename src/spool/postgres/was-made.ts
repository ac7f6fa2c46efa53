import { isDeepStrictEqual } from 'node:util';

import { type Forward, isKept } from '../../model/forward.js';
import { inShort, type StoredDelivery } from '../../model/stored-delivery.js';
import { type Change } from '../spool.js';

/** A change that was sent, and of which nobody has heard. */
export interface Sent extends Change {
  /** Of the row that was to be changed. */
  readonly version: number;
}

/** Whether a change was made, by what there is now. @param now `undefined`: the row is away */
export function wasMade(
  { before, after, version }: Sent,
  now: { readonly stored: StoredDelivery; readonly version: number } | undefined,
): boolean {
  if (now === undefined) return after.forwards.length === 0;
  if (now.version <= version) return false;
  const { forwards } = after.forwards.some(isKept) ? after : inShort(after);
  if (now.version === version + 1) return isSame(now.stored.forwards, forwards);
  // Others have changed it since: what cannot come from anybody else is there.
  return forwards.some((forward) => {
    const found = now.stored.forwards.find(({ backend }) => backend === forward.backend);
    const earlier = before.forwards.find(({ backend }) => backend === forward.backend);
    return found !== undefined && isFrom(found, forward, earlier);
  });
}

function isFrom(found: Forward, forward: Forward, earlier: Forward | undefined): boolean {
  const [attempt, before] = [forward.attempts.at(-1), earlier?.attempts.at(-1)];
  const isClaim = forward.runningSince !== undefined && earlier?.runningSince === undefined;
  if (isClaim) return found.claimedBy === forward.claimedBy && found.runningSince === forward.runningSince;
  if (attempt === undefined || isSame(attempt, before)) return false;
  return found.attempts.some(
    ({ at, outcome, durationMs }) =>
      at === attempt.at && outcome === attempt.outcome && durationMs === attempt.durationMs,
  );
}

/** As JSON: what is `undefined` is not there. */
const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

import {
  type AttemptRecord,
  begin,
  bury,
  type Forward,
  FORWARD_STATES,
  type ForwardState,
  insistOn,
  isKept,
  isRunning,
  revive,
  settle,
  type SettleRules,
  type ShownState,
  shownState,
  withdraw,
} from '../model/forward.js';
import { type DeliveryRecord, type StoredDelivery } from '../model/stored-delivery.js';

/** What a verb makes of a delivery, the same for every engine; `undefined`: it does not apply. */
export type Step = (before: StoredDelivery) => StoredDelivery | undefined;

/** @param change gives the forward itself where it does not apply, `undefined` where the forward goes */
const ofForwards =
  (change: (forward: Forward) => Forward | undefined, backends?: readonly string[]): Step =>
  ({ delivery, forwards }) => {
    const changed = forwards.map((forward) =>
      backends?.includes(forward.backend) === false ? forward : change(forward),
    );
    if (changed.every((forward, at) => forward === forwards[at])) return undefined;
    return { delivery, forwards: changed.filter((forward) => forward !== undefined) };
  };

export const toClaim = (backend: string, at: number, from: readonly ShownState[], holder: string): Step =>
  ofForwards(
    (forward) => {
      if (isRunning(forward) || !from.includes(shownState(forward))) return forward;
      if (forward.state !== 'owed') return { ...begin(revive(forward), at), claimedBy: holder };
      // In its turn it goes out for the sake of whoever had it owed.
      const isTurn = from.every((state) => state === 'owed');
      return { ...begin(isTurn ? forward : insistOn(forward), at), claimedBy: holder };
    },
    [backend],
  );

/** As if there had been no such claim: nobody knew that it was made, and nothing was attempted. */
export const toUnclaim = (backend: string, at: number, holder: string): Step =>
  ofForwards(
    (forward) => {
      const { runningSince, claimedBy, ...unclaimed } = forward;
      return runningSince === at && claimedBy === holder ? unclaimed : forward;
    },
    [backend],
  );

/** @param isHeld whether somebody else has that claim, and is there; `undefined`: a claim of nobody known */
export const toSettle = (
  backend: string,
  attempt: AttemptRecord,
  rules: SettleRules,
  isHeld: (claimedBy: string | undefined) => boolean,
): Step =>
  ofForwards(
    (forward) => {
      const { runningSince, claimedBy } = forward;
      const isLost = runningSince === undefined || isHeld(claimedBy);
      if (!isLost) return settle(forward, attempt, rules);
      const hasAnswered = attempt.outcome === 'accepted' || attempt.outcome === 'rejected';
      if (!hasAnswered) return forward;
      return {
        ...settle(forward, attempt, rules),
        ...(runningSince !== undefined && { runningSince }),
        ...(claimedBy !== undefined && { claimedBy }),
      };
    },
    [backend],
  );

export const toBury = (backends: readonly string[], reason: string): Step =>
  ofForwards((forward) => bury(forward, reason), backends);

export const toRevive = (backends: readonly string[], from: readonly ShownState[], at?: number): Step =>
  ofForwards((forward) => {
    // A try before this one has done it, whatever has come of it since.
    const isDone = at !== undefined && forward.owedSince === at;
    return !isDone && from.includes(shownState(forward)) ? revive(forward, at) : forward;
  }, backends);

export const toWithdraw = (backends: readonly string[]): Step => ofForwards(withdraw, backends);

export const toAmend =
  ({ rawHeaders, query }: Pick<DeliveryRecord, 'rawHeaders' | 'query'>): Step =>
  ({ delivery, forwards }) => ({ delivery: { ...delivery, rawHeaders, query }, forwards });

export const toDiscard = (
  backends?: readonly string[],
  from: readonly ForwardState[] = FORWARD_STATES,
): Step =>
  ofForwards((forward) => (isKept(forward) && from.includes(forward.state) ? undefined : forward), backends);

export const toRelease = (): Step =>
  ofForwards((forward) =>
    forward.state === 'rejected' && isKept(forward) ? { ...forward, released: true } : forward,
  );

/**
 * What its holder knows of a delivery that was stored though nobody said so: its attempts, that have ended meanwhile, have
 * not been settled there.
 * @param known forwards of the same delivery; what is running or owed in them says nothing
 */
export const toReconcile = (known: readonly Forward[], holder: string): Step =>
  ofForwards((forward) => {
    const told = known.find(({ backend }) => backend === forward.backend);
    if (told === undefined || isRunning(told) || shownState(told) === 'filtered') return forward;
    const { claimedBy, runningSince, ...rest } = forward;
    const isElsewhere = runningSince !== undefined && claimedBy !== holder;
    if (told.state === 'accepted' || told.state === 'rejected') {
      if (forward.state === 'accepted' || forward.state === 'rejected') return forward;
      return isElsewhere && claimedBy !== undefined ? { ...told, runningSince, claimedBy } : told;
    }
    if (runningSince === undefined || isElsewhere) return forward;
    const { attempts, attemptCount, unknownCount, reason } = told;
    const settled = { ...rest, attempts, attemptCount, unknownCount };
    // Only somebody who has looked may send it again.
    return attempts.at(-1)?.outcome === 'unknown' && reason !== undefined
      ? { ...settled, state: 'dead', reason }
      : settled;
  });

/** Those that are begun with are claimed by who stores them. */
export const asStored = (forward: Forward, holder: string): Forward => {
  const { claimedBy, ...rest } = forward;
  return isRunning(forward) ? { ...rest, claimedBy: holder } : rest;
};

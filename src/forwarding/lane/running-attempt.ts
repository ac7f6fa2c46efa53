import { type Clock } from '../../clock/clock.js';
import { type AttemptResult, isServed } from '../../model/attempt.js';
import { type Backend } from '../../model/backend.js';

/** An attempt at one forward, running or ended. */
export class RunningAttempt {
  /** What came of it; absent while it runs, and where no attempt was made after all. */
  result: AttemptResult | undefined;
  ended = false;
  /** What is still to be done with what came of it; absent: nothing. */
  followUp: Promise<unknown> | undefined;

  /**
   * @param startedAt ms since the epoch
   * @param ending `undefined`: no attempt was made, the forward was discarded, or another has its claim
   * @param onEnded is called before anybody who awaits `ending` from now on
   */
  constructor(
    readonly backend: Backend,
    readonly startedAt: number,
    readonly ending: Promise<AttemptResult | undefined>,
    onEnded?: () => void,
  ) {
    const end = (result?: AttemptResult) => {
      this.ended = true;
      this.result = result;
      onEnded?.();
    };
    ending.then(end, () => {
      end();
    });
  }

  get served(): boolean {
    return this.result !== undefined && isServed(this.result);
  }

  /** Resolves when nothing more is to be done about it. */
  async over(): Promise<void> {
    await this.ending.catch(() => undefined);
    for (let step; (step = this.followUp) !== undefined && step !== DONE;) {
      await step.catch(() => undefined);
      if (this.followUp === step) this.followUp = DONE;
    }
  }
}

const DONE = Promise.resolve();

/** Results of those that have ended. */
export function resultsOf(attempts: readonly RunningAttempt[]): AttemptResult[] {
  const results: AttemptResult[] = [];
  for (const { result } of attempts) {
    if (result !== undefined && result.withdrawn !== true) results.push(result);
  }
  return results;
}

/** The targets but those that were unregistered before an attempt at them began: nothing is owed to them. */
export function stillWanted(
  targets: readonly Backend[],
  attempts: readonly RunningAttempt[],
): readonly Backend[] {
  if (!attempts.some(({ result }) => result?.withdrawn === true)) return targets;
  const withdrawn = attempts.filter(({ result }) => result?.withdrawn === true);
  return targets.filter(({ key }) => !withdrawn.some(({ backend }) => backend.key === key));
}

/** The targets that none of the attempts has served, or not yet. */
export const missing = (targets: readonly Backend[], attempts: readonly RunningAttempt[]): Backend[] =>
  targets.filter(({ key }) => !attempts.some(({ backend, served }) => backend.key === key && served));

export interface UntilAnswer {
  readonly clock: Clock;
  /** Ms of the monotonic clock; Infinity: until all have ended. */
  readonly until: number;
  /** Also no longer than until one has failed. */
  readonly untilFailure: boolean;
}

/** Waits for all of the attempts, or for as long as there is time. @throws what kept an attempt from being made */
export async function untilAnswer(
  attempts: readonly RunningAttempt[],
  { clock, until, untilFailure }: UntilAnswer,
): Promise<void> {
  const all = Promise.all(attempts.map(({ ending }) => ending));
  if (until === Infinity || attempts.length === 0) {
    await all;
    return;
  }
  let cancel: (() => void) | undefined;
  const timeout = new Promise<void>((resolve) => {
    cancel = clock.after(Math.max(0, until - clock.monotonic()), resolve);
  });
  await Promise.race([all, timeout, ...(untilFailure ? [firstFailure(attempts)] : [])]).finally(cancel);
}

/** Resolves when one of them ends and its backend still misses the delivery; never, if none does. */
const firstFailure = (attempts: readonly RunningAttempt[]): Promise<void> =>
  new Promise((resolve) => {
    for (const { ending } of attempts) {
      ending.then(
        (result) => {
          if (result !== undefined && !isServed(result)) resolve();
        },
        () => undefined,
      );
    }
  });

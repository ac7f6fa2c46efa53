import { type Backend } from '../../model/backend.js';
import { type AttemptResult, isServed } from '../../model/attempt.js';

/** An attempt that may still be running. */
export interface Try {
  readonly backend: Backend;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly ending: Promise<AttemptResult | undefined>;
  ended: boolean;
  result?: AttemptResult;
}

/** @param startedAt ms since the epoch */
export function tryOf(backend: Backend, ending: Promise<AttemptResult | undefined>, startedAt: number): Try {
  const started: Try = { backend, startedAt, ending, ended: false };
  ending.then(
    (result) => {
      started.ended = true;
      if (result !== undefined) started.result = result;
    },
    () => {
      started.ended = true;
    },
  );
  return started;
}

/** Results of those that have ended. */
export const endedOf = (tries: readonly Try[]): AttemptResult[] =>
  tries.map(({ result }) => result).filter((result) => result !== undefined);

/** The targets that none of the tries has served, or not yet. */
export function owedAfter(targets: readonly Backend[], tries: readonly Try[]): Backend[] {
  return targets.filter(
    ({ key }) =>
      !tries.some(({ backend, result }) => backend.key === key && result !== undefined && isServed(result)),
  );
}

/** Resolves when one of them ends and its backend is still owed the delivery; never, if none does. */
export const firstFailure = (tries: readonly Try[]): Promise<void> =>
  new Promise((resolve) => {
    for (const { ending } of tries) {
      ending.then(
        (result) => {
          if (result !== undefined && !isServed(result)) resolve();
        },
        () => undefined,
      );
    }
  });

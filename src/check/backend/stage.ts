import { type Finding } from '../check-result.js';

/** One step on the way to a backend. */
export interface Stage<T> {
  readonly finding: Finding;
  /** What the next step goes on with; absent: there is no next one. */
  readonly passed?: T;
}

/** Code of the error when the time of a backend is over. */
export const TIMED_OUT = 'ETIMEDOUT';

/** What `promise` gives. @throws Error with the code `TIMED_OUT` if `signal` is aborted before. */
export function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(Object.assign(new Error('timed out'), { code: TIMED_OUT }));
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}

import { type AttemptResult } from '../../model/attempt.js';
import { type Backend } from '../../model/backend.js';

/** What came of an attempt that was not made: nothing was sent, so that the forward can be. */
export const notMade = (backend: Backend, error: string): AttemptResult => ({
  backend,
  outcome: 'refused',
  durationMs: 0,
  error,
});

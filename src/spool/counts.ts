import { type Forward, isKept, isOwedAndRunning } from '../model/forward.js';
import { type ForwardCounts } from './spool.js';

const NONE: ForwardCounts = { owed: 0, running: 0, dead: 0, rejected: 0 };

/** How many forwards are kept for each backend; one without any is not there. */
export class KeptCounts extends Map<string, ForwardCounts> {
  add(forwards: readonly Forward[], by: 1 | -1 = 1): this {
    for (const forward of forwards.filter(isKept)) {
      const { backend, state } = forward;
      if (state !== 'accepted') this.count(backend, state, by);
      if (isOwedAndRunning(forward)) this.count(backend, 'running', by);
    }
    return this;
  }

  count(backend: string, state: keyof ForwardCounts, by = 1): void {
    const before = this.get(backend) ?? NONE;
    const after = { ...before, [state]: before[state] + by };
    if (after.owed + after.dead + after.rejected === 0) this.delete(backend);
    else this.set(backend, after);
  }
}

import { collectGarbage } from '../inflight/collect-garbage.js';

/**
 * Gives back what starting has used and running will not: some 12 MiB of 104 on Node 24, in 0.1 s. By itself the engine
 * would keep it for as long as it has nothing else to do. Older engines ignore the flavour, and keep it.
 */
export function trimHeap(): void {
  collectGarbage({ type: 'major', flavor: 'last-resort' });
}

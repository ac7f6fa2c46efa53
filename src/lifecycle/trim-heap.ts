import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type CollectGarbage = (options: object) => void;

/**
 * Gives back what starting has used and running will not: some 12 MiB of 104 on Node 24, in 0.1 s. By itself the engine
 * would keep it for as long as it has nothing else to do. Older engines ignore the flavour, and keep it.
 */
export function trimHeap(): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as CollectGarbage;
  setFlagsFromString('--no-expose-gc');
  collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

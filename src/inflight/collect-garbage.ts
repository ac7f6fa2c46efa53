import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Collection {
  /** `minor`: of what was made lately, in a millisecond or two; `major`: of everything, in some 50 ms. */
  readonly type: 'minor' | 'major';
  /** Gives back memory that the engine would keep for later. Older engines ignore it. */
  readonly flavor?: 'last-resort';
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: object) => void;
setFlagsFromString('--no-expose-gc');

/** Has the engine collect garbage now, and waits for it. */
export function collectGarbage(collection: Collection): void {
  collect({ execution: 'sync', ...collection });
}

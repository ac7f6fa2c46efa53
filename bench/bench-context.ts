import { type Build } from './build/build.js';
import { type Tools } from './tools.js';

/** What every measurement of one run of the bench shares. */
export interface Bench {
  readonly tools: Tools;
  /** Shell command of another sprayproxy; `undefined`: none was given. */
  readonly peer: string | undefined;
  /** The commit to compare with; `undefined`: none was given. */
  readonly before: Build | undefined;
  /** Of load that is measured. */
  readonly seconds: number;
  /** Of load before that: V8 compiles, pools fill, the heap finds its size. */
  readonly warmUpSeconds: number;
  /** Smaller bursts and shorter time-outs: shows that the harness works, measures nothing worth knowing. */
  readonly quick: boolean;
}

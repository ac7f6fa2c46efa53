import type * as Open from '../../../src/spool/lmdb/open.js';
import { built } from '../built.js';

/** Opens a spool in the process of the test, by what the program opens it with: that starts a process of its own. */
export const openBuilt: typeof Open.openSpool = (options) =>
  (built('spool/lmdb/open.js') as typeof Open).openSpool(options);

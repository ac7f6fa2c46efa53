import { join } from 'node:path';

import { ROOT } from '../testing/paths.js';

/** Compiled programs of the bench that run as processes of their own. */
export const program = (name: 'floor' | `programs/${'backend' | 'fill-spool' | 'steady'}`): string =>
  join(ROOT, 'dist-bench', 'bench', `${name}.js`);

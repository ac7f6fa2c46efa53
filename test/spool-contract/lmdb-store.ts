import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openDatabases, openRoot } from '../../src/spool/lmdb/layout.js';
import { LmdbSpool } from '../../src/spool/lmdb/lmdb-spool.js';
import { checkSpool } from '../../src/spool/lmdb/verify.js';
import { type StoreUnderTest } from './store-under-test.js';

/** An engine's store in a directory of its own. */
export function makeLmdbStore(): StoreUnderTest {
  const dir = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
  return {
    isShared: false,
    open: (maxBytes = 1e9) => Promise.resolve(new LmdbSpool({ dir, maxBytes })),
    damage: async (id, payload) => {
      const { payloads, root } = openDatabases(openRoot(dir, false));
      if (payload === undefined) payloads.removeSync(id);
      else payloads.putSync(id, payload);
      await root.close();
    },
    remove: async () => {
      const fault = await checkSpool(dir);
      rmSync(dir, { recursive: true });
      // What was damaged is gone from the index of payloads.
      if (fault !== undefined && !fault.includes('missing in an index')) throw new Error(fault);
    },
  };
}

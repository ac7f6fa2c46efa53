import { type Forward } from '../../model/forward.js';
import { identityKey } from '../../model/identity.js';
import { SPOOL_VERSION, type SpoolDatabases } from './layout.js';

/** Makes a new spool, or one of an older version, one of this version: entirely or not at all. */
export function bringUpToDate(databases: SpoolDatabases): void {
  const { root, state } = databases;
  const version = state.get('version');
  if (version === SPOOL_VERSION) return;
  root.transactionSync(() => {
    if (version === 1) fromVersion1(databases);
    state.putSync('version', SPOOL_VERSION);
  });
}

/**
 * Rejected forwards were not kept then, and only the GUID was an index. What is rejected is released, so that it is kept
 * as long as it was to be.
 */
function fromVersion1({ deliveries, identities }: SpoolDatabases): void {
  for (const id of [...deliveries.getKeys()]) {
    const stored = deliveries.get(id);
    if (stored === undefined) continue;
    const { delivery, forwards } = stored;
    identities.putSync([identityKey(delivery.guid, delivery.payloadDigest), id], true);
    if (forwards.some(isRejected)) deliveries.putSync(id, { delivery, forwards: forwards.map(released) });
  }
}

const isRejected = ({ state }: Forward): boolean => state === 'rejected';

const released = (forward: Forward): Forward =>
  isRejected(forward) ? { ...forward, released: true } : forward;

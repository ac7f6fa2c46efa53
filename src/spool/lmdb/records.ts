import { type Forward, isKept, isRunning } from '../../model/forward.js';
import { identityKey } from '../../model/identity.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { deliveryBytes } from '../delivery-bytes.js';
import { digest, type SpoolDatabases } from './layout.js';

/** Keeps a new delivery. Within a transaction, as everything here. */
export function addRecord(databases: SpoolDatabases, stored: StoredDelivery, payload: Buffer): void {
  const { state, deliveries, payloads, identities } = databases;
  const { id, guid, payloadDigest } = stored.delivery;
  deliveries.putSync(id, stored);
  payloads.putSync(id, payload);
  identities.putSync([identityKey(guid, payloadDigest), id], true);
  index(databases, id, [], stored.forwards);
  state.putSync('bytes', (state.get('bytes') ?? 0) + deliveryBytes(stored.delivery));
  state.putSync('lastId', Math.max(id, state.get('lastId') ?? 0));
}

/** Keeps it as it is after a change, or removes it with the last of its forwards that was kept. */
export function changeRecord(databases: SpoolDatabases, before: StoredDelivery, after: StoredDelivery): void {
  const { state, deliveries, payloads, identities } = databases;
  const { id, guid, payloadDigest } = before.delivery;
  if (after.forwards.some(isKept)) {
    index(databases, id, before.forwards, after.forwards);
    deliveries.putSync(id, after);
    return;
  }
  index(databases, id, before.forwards, []);
  deliveries.removeSync(id);
  payloads.removeSync(id);
  identities.removeSync([identityKey(guid, payloadDigest), id]);
  state.putSync('bytes', (state.get('bytes') ?? 0) - deliveryBytes(before.delivery));
}

/** Whether a rejected forward is why it is kept. */
export const isKeptRejected = (forward: Forward): boolean => forward.state === 'rejected' && isKept(forward);

function index(
  databases: SpoolDatabases,
  id: number,
  before: readonly Forward[],
  after: readonly Forward[],
): void {
  for (const { backend, state } of before.filter(isKept)) {
    if (state !== 'accepted') databases[state].removeSync([digest(backend), id]);
  }
  for (const { backend, state } of after.filter(isKept)) {
    if (state !== 'accepted') databases[state].putSync([digest(backend), id], backend);
  }
  for (const [table, is] of [
    [databases.running, isRunning],
    [databases.withRejected, isKeptRejected],
  ] as const) {
    if (after.some(is)) table.putSync(id, true);
    else if (before.some(is)) table.removeSync(id);
  }
}

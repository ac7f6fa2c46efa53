import { type Database } from 'lmdb';

import { type Forward, FORWARD_STATES } from '../../model/forward.js';
import { BYTES_PER_DELIVERY, digest, type SpoolDatabases } from './layout.js';
import { MAX_GUID_LENGTH, type StoredDelivery } from '../../model/stored-delivery.js';

/**
 * Reads every record and every index entry, and looks whether they fit together. The time it takes grows with the number
 * of deliveries, not with the size of their payloads.
 * @returns what does not fit; `undefined`: everything does.
 * @throws Error what the engine says of an entry that it cannot read.
 */
export function faultBetweenRecords(databases: SpoolDatabases): string | undefined {
  const { state, deliveries, payloads, owed, dead, running, guids, backends } = databases;
  let bytes = 0;
  const entries = { deliveries: 0, owed: 0, dead: 0, running: 0, guids: 0 };
  for (const { key, value } of deliveries.getRange()) {
    if (!isRecord(key, value)) return 'a delivery cannot be read';
    if (!isIndexed(value, databases)) return `delivery ${key} is missing in an index`;
    bytes += value.delivery.payloadBytes + BYTES_PER_DELIVERY;
    entries.deliveries += 1;
    entries.owed += value.forwards.filter((forward) => forward.state === 'owed').length;
    entries.dead += value.forwards.filter((forward) => forward.state === 'dead').length;
    if (value.forwards.some(isRunning)) entries.running += 1;
    if (hasIndexedGuid(value)) entries.guids += 1;
    if (entries.deliveries > entriesIn(deliveries)) return 'the deliveries have no end';
  }
  if (bytes !== (state.get('bytes') ?? 0)) return 'its deliveries are not those it counted';
  const tables: [Database<unknown>, number][] = [
    [deliveries, entries.deliveries],
    [payloads, entries.deliveries],
    [owed, entries.owed],
    [dead, entries.dead],
    [running, entries.running],
    [guids, entries.guids],
  ];
  if (tables.some(([table, expected]) => !hasExactly(table, expected))) {
    return 'an index has entries of no delivery';
  }
  for (const { key, value } of backends.getRange()) {
    if (typeof value !== 'string' || digest(value) !== key) return 'a registered backend cannot be read';
  }
  return undefined;
}

function isRecord(id: number, value: unknown): value is StoredDelivery {
  const { delivery, forwards } = (value ?? {}) as Partial<StoredDelivery>;
  return (
    delivery?.id === id &&
    Number.isSafeInteger(delivery.payloadBytes) &&
    Array.isArray(delivery.rawHeaders) &&
    Array.isArray(forwards) &&
    forwards.every(
      (forward: Partial<Forward> | null) =>
        typeof forward?.backend === 'string' &&
        FORWARD_STATES.some((state) => state === forward.state) &&
        Array.isArray(forward.attempts),
    )
  );
}

function isIndexed(stored: StoredDelivery, databases: SpoolDatabases): boolean {
  const { id, guid } = stored.delivery;
  return (
    databases.payloads.doesExist(id) &&
    stored.forwards.every(({ backend, state }) => {
      if (state !== 'owed' && state !== 'dead') return true;
      return databases[state].get([digest(backend), id]) === backend;
    }) &&
    (!stored.forwards.some(isRunning) || databases.running.doesExist(id)) &&
    (guid === undefined || !hasIndexedGuid(stored) || databases.guids.doesExist([guid, id]))
  );
}

const isRunning = ({ runningSince }: Forward): boolean => runningSince !== undefined;

const hasIndexedGuid = ({ delivery: { guid } }: StoredDelivery): boolean =>
  guid !== undefined && guid.length <= MAX_GUID_LENGTH;

const entriesIn = (database: Database<unknown>): number =>
  (database.getStats() as { entryCount: number }).entryCount;

/** Walks through it: what it says of itself need not be true. */
const hasExactly = (database: Database<unknown>, expected: number): boolean =>
  database.getKeysCount({ limit: expected + 1 }) === expected && entriesIn(database) === expected;

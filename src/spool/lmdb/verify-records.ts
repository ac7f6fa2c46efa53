import { type Database } from 'lmdb';

import { type Forward, FORWARD_STATES, isKept, isRunning } from '../../model/forward.js';
import { identityKey, MAX_GUID_LENGTH } from '../../model/identity.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { deliveryBytes } from '../delivery-bytes.js';
import { type Note } from '../notes.js';
import { digest, FORWARD_INDEXES, type SpoolDatabases } from './layout.js';
import { isKeptRejected } from './records.js';

/**
 * Reads every record and every index entry, and looks whether they fit together. The time it takes grows with the number
 * of deliveries, not with the size of their payloads.
 * @returns what does not fit; `undefined`: everything does.
 * @throws Error what the engine says of an entry that it cannot read.
 */
export function faultBetweenRecords(databases: SpoolDatabases): string | undefined {
  const { state, deliveries, payloads, running, identities, backends } = databases;
  // A spool of version 1 has no such tables, or empty ones if its upgrade was interrupted.
  const { rejected, withRejected }: Partial<SpoolDatabases> = databases;
  const version = state.get('version') ?? 0;
  let bytes = 0;
  const entries = {
    deliveries: 0,
    owed: 0,
    dead: 0,
    rejected: 0,
    withRejected: 0,
    running: 0,
    identities: 0,
  };
  for (const { key, value } of deliveries.getRange()) {
    if (!isRecord(key, value)) return 'a delivery cannot be read';
    const expected = entriesOf(value, version);
    if (!isIndexed(value.delivery.id, expected, databases)) return `delivery ${key} is missing in an index`;
    bytes += deliveryBytes(value.delivery);
    entries.deliveries += 1;
    for (const { table } of expected.forwards) entries[table] += 1;
    if (expected.isRunning) entries.running += 1;
    if (expected.hasRejected) entries.withRejected += 1;
    if (expected.identity !== undefined) entries.identities += 1;
    if (entries.deliveries > entriesIn(deliveries)) return 'the deliveries have no end';
  }
  if (bytes !== (state.get('bytes') ?? 0)) return 'its deliveries are not those it counted';
  const tables: [Database<unknown> | undefined, number][] = [
    [deliveries, entries.deliveries],
    [payloads, entries.deliveries],
    [databases.owed, entries.owed],
    [databases.dead, entries.dead],
    [rejected, entries.rejected],
    [withRejected, entries.withRejected],
    [running, entries.running],
    [identities, entries.identities],
  ];
  if (tables.some(([table, expected]) => table !== undefined && !hasExactly(table, expected))) {
    return 'an index has entries of no delivery';
  }
  for (const { key, value } of backends.getRange()) {
    if (typeof value !== 'string' || digest(value) !== key) return 'a registered backend cannot be read';
  }
  if (!hasNotesOnly(databases)) return 'a note cannot be read';
  return undefined;
}

const hasNotesOnly = ({ notes }: Partial<SpoolDatabases>): boolean =>
  notes === undefined ||
  [...notes.getRange()].every(({ key, value }) => (value as Partial<Note> | undefined)?.name === key);

function isRecord(id: number, value: unknown): value is StoredDelivery {
  const { delivery, forwards } = (value ?? {}) as Partial<StoredDelivery>;
  return (
    delivery?.id === id &&
    Number.isSafeInteger(delivery.payloadBytes) &&
    typeof delivery.payloadDigest === 'string' &&
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

/** What a delivery is to be found by. */
interface ExpectedEntries {
  readonly forwards: readonly {
    readonly table: (typeof FORWARD_INDEXES)[number];
    readonly backend: string;
  }[];
  readonly isRunning: boolean;
  readonly hasRejected: boolean;
  readonly identity: string | undefined;
}

function entriesOf({ delivery, forwards }: StoredDelivery, version: number): ExpectedEntries {
  const { guid, payloadDigest } = delivery;
  const isShort = guid !== undefined && guid.length <= MAX_GUID_LENGTH;
  const hasRejected = version > 1 && forwards.some(isKeptRejected);
  return {
    forwards: forwards.flatMap((forward) => {
      const table = FORWARD_INDEXES.find((state) => state === forward.state);
      if (table === undefined || !isKept(forward) || (table === 'rejected' && !hasRejected)) return [];
      return { table, backend: forward.backend };
    }),
    isRunning: forwards.some(isRunning),
    hasRejected,
    identity: version > 1 || isShort ? identityKey(guid, payloadDigest) : undefined,
  };
}

function isIndexed(id: number, expected: ExpectedEntries, databases: SpoolDatabases): boolean {
  const { forwards, isRunning: runs, hasRejected, identity } = expected;
  return (
    databases.payloads.doesExist(id) &&
    forwards.every(({ table, backend }) => databases[table].get([digest(backend), id]) === backend) &&
    (!runs || databases.running.doesExist(id)) &&
    (!hasRejected || databases.withRejected.doesExist(id)) &&
    (identity === undefined || databases.identities.doesExist([identity, id]))
  );
}

const entriesIn = (database: Database<unknown>): number =>
  (database.getStats() as { entryCount: number }).entryCount;

/** Walks through it: what it says of itself need not be true. */
const hasExactly = (database: Database<unknown>, expected: number): boolean =>
  database.getKeysCount({ limit: expected + 1 }) === expected && entriesIn(database) === expected;

import { type Database, open, type RootDatabase } from 'lmdb';
import { createHash } from 'node:crypto';

import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Note } from '../notes.js';

/** Of the layout on disk. An older one is brought up to date, a newer one is not opened. */
export const SPOOL_VERSION = 2;

/** By digest of the backend's key and id of the delivery; the value is the backend's key. */
export type ForwardIndex = Database<string, [string, number]>;

/** The layout of a spool. Payloads stand apart from the records, which change with every attempt. */
export interface SpoolDatabases {
  readonly root: RootDatabase;
  /** `version`; `bytes` and `lastId` as of the last commit. */
  readonly state: Database<number, string>;
  readonly deliveries: Database<StoredDelivery, number>;
  readonly payloads: Database<Buffer, number>;
  readonly owed: ForwardIndex;
  readonly dead: ForwardIndex;
  /** Those that are kept. Since version 2. */
  readonly rejected: ForwardIndex;
  /** Ids of the deliveries with a rejected forward that is kept. Since version 2. */
  readonly withRejected: Database<true, number>;
  /** Ids of the deliveries with an attempt that is running. */
  readonly running: Database<true, number>;
  /** By `identityKey` and id; in version 1 by the GUID, if there was one. */
  readonly identities: Database<true, [string, number]>;
  /** By digest, the URLs of the registered backends. */
  readonly backends: Database<string, string>;
  /** By name. A spool may have none: programs of the same version did not know them. */
  readonly notes: Database<Note, string>;
}

/** What a spool that was written with version 1 of the layout need not have. */
export const SINCE_VERSION_2: readonly string[] = [
  'rejected',
  'withRejected',
] satisfies (keyof SpoolDatabases)[];

/** What any spool need not have. */
export const MAY_BE_MISSING: readonly string[] = ['notes'] satisfies (keyof SpoolDatabases)[];

/** Where a forward that is kept is found by. */
export const FORWARD_INDEXES = ['owed', 'dead', 'rejected'] as const;

/** The file, and nothing of what is in it. @see https://github.com/kriszyp/lmdb-js */
export const openRoot = (dir: string, readOnly: boolean): RootDatabase =>
  open({
    path: dir,
    // Without it, a directory with a dot in its name would be taken for a file.
    noSubdir: false,
    readOnly,
    maxDbs: 11,
    // A commit counts when it is on disk.
    overlappingSync: false,
    // Everything is written by explicit transactions; batches beside them would leave failures unhandled.
    eventTurnBatching: false,
  });

/** Makes those that are missing, unless `root` was opened for reading only. */
export const openDatabases = (root: RootDatabase): SpoolDatabases => ({
  root,
  state: root.openDB('state', {}),
  deliveries: root.openDB('deliveries', {}),
  payloads: root.openDB('payloads', { encoding: 'binary' }),
  owed: root.openDB('owed', {}),
  dead: root.openDB('dead', {}),
  rejected: root.openDB('rejected', {}),
  withRejected: root.openDB('withRejected', {}),
  running: root.openDB('running', {}),
  // Under its name in version 1.
  identities: root.openDB('guids', {}),
  backends: root.openDB('backends', {}),
  notes: root.openDB('notes', {}),
});

/** A key of a database may have less than 2 KiB, the URL of a backend more. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

import { type ColumnType, type Generated } from 'kysely';

/** A delivery that is kept, or remembered. */
export interface DeliveryTable {
  /** Microseconds since the epoch, as in `DeliveryRecord`. */
  id: number;
  /** @see identityKey */
  identity_key: string;
  guid: string | null;
  event: string | null;
  repository: string | null;
  /** In lower case, to be found by. */
  repository_key: string | null;
  request_id: string | null;
  /** Ms since the epoch. */
  received_at: number;
  /** Empty when it is not kept. */
  query: string;
  /** JSON; an empty array when it is not kept. */
  raw_headers: ColumnType<readonly string[], string, string>;
  payload_bytes: number;
  payload_digest: string;
  /** JSON of `Forward[]`. */
  forwards: ColumnType<readonly unknown[], string, string>;
  /** Its payload is here, and some backend misses it. */
  kept: boolean;
  /** Some backend misses it, and nothing keeps it. */
  missed: boolean;
  /** Its sender does not know that it was served. */
  awaited: boolean;
  /** Nothing is known but that it was served: not for lists. */
  bare: boolean;
  /** One more with each change: a change is made to what was read, or not at all. Who has stored it chose the first. */
  version: Generated<number>;
  /** What its forwards are found by in lists: hashes of states, backends, hosts, and pairs of them. */
  marks: number[];
}

/** Forwards that are kept, to be found and counted by their backend. */
export interface ForwardTable {
  delivery_id: number;
  /** Key of the backend. */
  backend: string;
  state: 'owed' | 'dead' | 'rejected';
  /** An attempt at it is running. It stands here, so that a claim changes no index of the delivery. */
  running: boolean;
}

/** Payloads in slices. */
export interface PayloadTable {
  delivery_id: number;
  slice: number;
  bytes: Buffer;
}

/** The processes that use the store. */
export interface ReplicaTable {
  /** What its claims are made out to. */
  holder: string;
  /** Ids of deliveries are this modulo `SLOTS`, so that no two processes give the same. */
  slot: number;
  /** By the database's clock. */
  heartbeat_at: ColumnType<Date, string | undefined, string>;
  /** It leaves it to others to drain. */
  retired: boolean;
  /** Keys of the backends that it sends to. */
  backends: string[];
}

/** Registered backends. */
export interface BackendTable {
  url: string;
}

/** Short texts by name. */
export interface NoteTable {
  name: string;
  text: string;
  /** Ms since the epoch. */
  noted_at: number;
}

/** One row. */
export interface SchemaTable {
  /** The oldest program that can use this schema, by `SCHEMA_VERSION`. */
  oldest_reader: number;
  /** The greatest id of those of which nothing is left; 0: there was none. */
  last_id: Generated<number>;
}

export interface Tables {
  sprayproxy_delivery: DeliveryTable;
  sprayproxy_forward: ForwardTable;
  sprayproxy_payload: PayloadTable;
  sprayproxy_replica: ReplicaTable;
  sprayproxy_backend: BackendTable;
  sprayproxy_note: NoteTable;
  sprayproxy_schema: SchemaTable;
}

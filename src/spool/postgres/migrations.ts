import { type Kysely, type Migration, sql } from 'kysely';

/** What this program writes, and can read. */
export const SCHEMA_VERSION = 1;

/** Replicas that may be there at once. */
export const SLOTS = 64;

const INITIAL = [
  `CREATE TABLE sprayproxy_schema (oldest_reader integer NOT NULL, last_id bigint NOT NULL DEFAULT 0)`,
  `INSERT INTO sprayproxy_schema VALUES (1)`,
  `CREATE TABLE sprayproxy_delivery (
    id bigint PRIMARY KEY,
    identity_key text COLLATE "C" NOT NULL,
    guid text,
    event text COLLATE "C",
    repository text,
    repository_key text COLLATE "C",
    request_id text,
    received_at bigint NOT NULL,
    query text NOT NULL,
    raw_headers json NOT NULL,
    payload_bytes integer NOT NULL,
    payload_digest text NOT NULL,
    forwards json NOT NULL,
    kept boolean NOT NULL,
    missed boolean NOT NULL,
    awaited boolean NOT NULL,
    bare boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    marks integer[] NOT NULL
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX sprayproxy_delivery_identity ON sprayproxy_delivery (identity_key, id)`,
  // An index takes no more than 2,700 bytes.
  `CREATE INDEX sprayproxy_delivery_guid ON sprayproxy_delivery (left(guid, 200), id) WHERE length(guid) > 128`,
  `CREATE INDEX sprayproxy_delivery_event ON sprayproxy_delivery (left(event, 200), id)`,
  `CREATE INDEX sprayproxy_delivery_repository ON sprayproxy_delivery (repository_key, id)`,
  `CREATE INDEX sprayproxy_delivery_marks ON sprayproxy_delivery USING gin (marks)`,
  `CREATE INDEX sprayproxy_delivery_open ON sprayproxy_delivery (id) INCLUDE (identity_key)
    WHERE kept OR missed OR awaited`,
  `CREATE INDEX sprayproxy_delivery_kept ON sprayproxy_delivery (id) INCLUDE (payload_bytes) WHERE kept`,
  `CREATE TABLE sprayproxy_forward (
    delivery_id bigint NOT NULL REFERENCES sprayproxy_delivery ON DELETE CASCADE,
    backend text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    running boolean NOT NULL,
    PRIMARY KEY (delivery_id, backend)
  )`,
  `CREATE INDEX sprayproxy_forward_backend ON sprayproxy_forward (backend, state, delivery_id)`,
  `CREATE INDEX sprayproxy_forward_running ON sprayproxy_forward (delivery_id) WHERE running`,
  `CREATE INDEX sprayproxy_forward_rejected ON sprayproxy_forward (delivery_id) WHERE state = 'rejected'`,
  `CREATE TABLE sprayproxy_payload (
    delivery_id bigint NOT NULL REFERENCES sprayproxy_delivery ON DELETE CASCADE,
    slice integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (delivery_id, slice)
  )`,
  // Payloads are no text that compresses twice, and slices are read whole.
  `ALTER TABLE sprayproxy_payload ALTER COLUMN bytes SET STORAGE EXTERNAL`,
  `CREATE TABLE sprayproxy_replica (
    holder text COLLATE "C" PRIMARY KEY,
    slot integer NOT NULL UNIQUE,
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired boolean NOT NULL DEFAULT false,
    backends text[] NOT NULL
  )`,
  `CREATE TABLE sprayproxy_backend (url text COLLATE "C" PRIMARY KEY)`,
  `CREATE TABLE sprayproxy_note (
    name text COLLATE "C" PRIMARY KEY,
    text text NOT NULL,
    noted_at bigint NOT NULL
  )`,
];

/** In the order of their names. Forward only; each leaves what the version before can still read, or raises `oldest_reader`. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001': {
    up: async (db: Kysely<unknown>) => {
      for (const statement of INITIAL) await sql.raw(statement).execute(db);
    },
  },
};

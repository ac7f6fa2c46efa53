import { onCleanup, sharedByTests } from '../cleanup.js';
import { type PostgresOptions, PostgresServer } from './postgres-server.js';

/** Begins a server with no data. It ends with the test, or whatever else `onCleanup` belongs to. */
export async function startPostgres(options?: PostgresOptions): Promise<PostgresServer> {
  const server = await PostgresServer.make(options);
  onCleanup(() => server.remove());
  return server;
}

/** One for all tests of a file, or of a `describe`: each takes a `freshDatabase`. */
export const sharedPostgres = (options?: PostgresOptions): (() => PostgresServer) =>
  sharedByTests(() => startPostgres(options));

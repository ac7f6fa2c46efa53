import { type Spool } from '../spool.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';
import { Connections } from './connections.js';
import { POOL_SIZE } from './database.js';
import { reasonOf } from './database-error.js';
import { PostgresSpool } from './postgres-spool.js';
import { type PostgresSpoolOptions } from './postgres-spool-options.js';

export interface OpenOptions extends Omit<PostgresSpoolOptions, 'connections'> {
  readonly url: string;
  /** Asked whenever a connection is made; `undefined`: the URL has it, or it is found as libpq would. */
  readonly password?: () => string | undefined;
}

/**
 * Opens the spool in a database. One that cannot be reached is tried until it can be; the spool is unready until then.
 * @throws SpoolUnusableError if it was reached, and somebody has to change something before it can be used.
 */
export async function openPostgresSpool({ url, password, ...options }: OpenOptions): Promise<Spool> {
  const connections = connectionsTo(url, password);
  const spool = new PostgresSpool({ ...options, connections });
  try {
    await spool.begin();
    return spool;
  } catch (error) {
    await spool.close();
    throw error;
  }
}

function connectionsTo(url: string, password: () => string | undefined = () => undefined): Connections {
  try {
    return new Connections(url, password, POOL_SIZE);
  } catch (error) {
    const place = url.replace(/\/\/.*@/, '//').replace(/[?#].*/, '');
    const advice = 'name one as in postgres://user@host/database?sslmode=verify-full';
    throw new SpoolUnusableError(place, `cannot be connected to (${reasonOf(error)})`, advice, 'database');
  }
}

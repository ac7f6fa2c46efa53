import { PostgresServer } from '../../testing/postgres/postgres-server.js';
import { cpuEverMs } from '../process/process-tree.js';
import { tempDir } from '../process/temp-dir.js';
import { type Contender, spoolOf } from './contender.js';

/** As PostgreSQL comes; the server that tests use has less of each. */
const DATABASE_SETTINGS = { shared_buffers: '128MB', min_wal_size: '80MB', max_wal_size: '1GB' };

const COUNT_REMEMBERED = 'SELECT count(*)::int AS n FROM sprayproxy_delivery WHERE NOT kept';

/** Where a contender keeps what is owed; empty at first. */
export interface SpoolHome {
  /** `undefined`: nowhere. */
  readonly url: string | undefined;
  /** CPU time of its database so far, which is no part of the contender's; `undefined`: it has none. */
  databaseCpuMs(): number | undefined;
  /** How many deliveries its database remembers that are over. */
  remembered(): Promise<number>;
  remove(): Promise<void>;
}

const NO_DATABASE = { databaseCpuMs: () => undefined, remembered: () => Promise.resolve(0) };

/** Makes one, in `TMPDIR`; a database has a server of its own on this machine. */
export async function makeSpoolHome(contender: Contender): Promise<SpoolHome> {
  switch (spoolOf(contender)) {
    case 'off':
      return { ...NO_DATABASE, url: undefined, remove: () => Promise.resolve() };
    case 'file': {
      const directory = tempDir();
      const remove = () => {
        directory.remove();
        return Promise.resolve();
      };
      return { ...NO_DATABASE, url: `file:${directory.path}/spool`, remove };
    }
    case 'postgres': {
      const server = await PostgresServer.make({ settings: DATABASE_SETTINGS });
      const { pid } = server;
      const url = await server.freshDatabase();
      const database = new URL(url).pathname.slice(1);
      return {
        url,
        databaseCpuMs: () => (pid === undefined ? undefined : cpuEverMs(pid)),
        remembered: async () => {
          const [row] = await server.exec<{ n: number }>(COUNT_REMEMBERED, database);
          return row?.n ?? 0;
        },
        remove: () => server.remove(),
      };
    }
  }
}

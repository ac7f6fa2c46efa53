import { PostgresServer } from '../../testing/postgres/postgres-server.js';
import { cpuEverMs } from '../process/process-tree.js';
import { tempDir } from '../process/temp-dir.js';
import { type Contender, spoolOf } from './contender.js';

/** As PostgreSQL comes; the server that tests use has less of each. */
const DATABASE_SETTINGS = { shared_buffers: '128MB', min_wal_size: '80MB', max_wal_size: '1GB' };

/** Where a contender keeps what is owed; empty at first. */
export interface SpoolHome {
  /** `undefined`: nowhere. */
  readonly url: string | undefined;
  /** CPU time of its database so far, which is no part of the contender's; `undefined`: it has none. */
  databaseCpuMs(): number | undefined;
  remove(): Promise<void>;
}

/** Makes one, in `TMPDIR`; a database has a server of its own on this machine. */
export async function makeSpoolHome(contender: Contender): Promise<SpoolHome> {
  switch (spoolOf(contender)) {
    case 'off':
      return { url: undefined, databaseCpuMs: () => undefined, remove: () => Promise.resolve() };
    case 'file': {
      const directory = tempDir();
      const remove = () => {
        directory.remove();
        return Promise.resolve();
      };
      return { url: `file:${directory.path}/spool`, databaseCpuMs: () => undefined, remove };
    }
    case 'postgres': {
      const server = await PostgresServer.make({ settings: DATABASE_SETTINGS });
      const { pid } = server;
      return {
        url: await server.freshDatabase(),
        databaseCpuMs: () => (pid === undefined ? undefined : cpuEverMs(pid)),
        remove: () => server.remove(),
      };
    }
  }
}

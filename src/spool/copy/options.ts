import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { commandOptions } from '../../config/command-options.js';
import { UsageError } from '../../config/usage-error.js';

export interface CopyOptions {
  readonly from: SprayproxyConfig;
  readonly to: SprayproxyConfig;
  readonly json: boolean;
}

/**
 * @param args what follows `spool`
 * @param environment that of the service: passwords, limits and the guarantee are as it has them
 * @returns `undefined`: the usage is asked for
 * @throws UsageError
 */
export function parseCopyOptions(
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
): CopyOptions | undefined {
  const { values, positionals } = parsed(args);
  const { from, to, json = false, help = false } = values;
  if (help) return undefined;
  if (positionals.join(' ') !== 'copy') throw new UsageError('there is one command: copy');
  if (from === undefined || to === undefined) throw new UsageError('give both --from and --to');
  const ends = { from: configOf('--from', from, environment), to: configOf('--to', to, environment) };
  if (ends.from.spoolDir !== undefined && ends.to.spoolDir !== undefined) {
    throw new UsageError('from one directory to another, copy the directory itself, while nobody uses it');
  }
  if (ends.from.spoolDatabase !== undefined && ends.to.spoolDatabase !== undefined) {
    throw new UsageError(
      'from one database to another, use what PostgreSQL has for that: pg_dump, or replication',
    );
  }
  return { ...ends, json };
}

/** What the service would be configured with, if its spool were there. */
function configOf(option: string, url: string, environment: Readonly<NodeJS.ProcessEnv>): SprayproxyConfig {
  if (url === '' || url === 'off') throw new UsageError(`${option} must be ${SPOOLS}`);
  const { config, faults } = SprayproxyConfig.read({ ...environment, [VARIABLE]: url });
  const fault = faults.find((each) => OF_SPOOL.some((name) => each.startsWith(`${name} `)));
  if (fault !== undefined)
    throw new UsageError(fault.replace(VARIABLE, option).replace('must be off, ', 'must be '));
  return config;
}

const VARIABLE = 'SPRAYPROXY_SPOOL_URL';

const SPOOLS =
  'file: and a directory, as in file:/var/lib/sprayproxy, or a URL as postgres://user@host/database';

/** What the rest of the environment may be wrong about is of no matter here. */
const OF_SPOOL = [
  VARIABLE,
  'SPRAYPROXY_SPOOL_PASSWORD_FILE',
  'SPRAYPROXY_SPOOL_MAX_BYTES',
  'SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT',
  'SPRAYPROXY_DELIVERY_GUARANTEE',
];

function parsed(args: readonly string[]) {
  const type = 'string';
  return commandOptions({
    args: [...args],
    allowPositionals: true,
    options: { from: { type }, to: { type }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
}

export const COPY_USAGE = `Usage: sprayproxy spool copy --from <url> --to <url> [--json]

Copies all that a spool keeps, and the registered backends, from a directory to a database or back. Ids stay, so that links
to deliveries do. What is there already is not copied twice: after an end before its time, call it again.

  --from <url>   file:<directory> or postgres://user@host/database, that nobody uses meanwhile; it is left as it is
  --to <url>     the same; a database may be in use
  --json         prints JSON
  --help         shows this

Passwords and limits are those of the environment, as the service has them. Attempts that were running when the service ended
count as unknown, as after a crash. Progress goes to standard error.

Exit code: 0 all is there, 1 something is not, 2 it was called wrongly.
`;

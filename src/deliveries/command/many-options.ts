import { commandOptions } from '../../config/command-options.js';
import { UsageError } from '../../config/usage-error.js';
import { FILTER_NAMES } from '../operations/bulk-request.js';
import { type Action, type Filters } from '../operations/operation.js';
import { CONNECTION_USAGE, FILTER_OPTIONS, SHOWING_OPTIONS } from './common-options.js';
import { type Connection, connectionOf } from './options.js';

export interface ManyOptions extends Connection {
  readonly filters: Filters;
  readonly accepted: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  readonly json: boolean;
}

/**
 * @param args what follows the action
 * @param environment that of the service
 * @returns `undefined`: help is wanted
 * @throws UsageError, CommandError
 */
export function parseManyOptions(
  action: Action,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): ManyOptions | undefined {
  const { values, positionals } = commandOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      ...SHOWING_OPTIONS,
      ...FILTER_OPTIONS,
      accepted: { type: 'boolean' },
      yes: { type: 'boolean' },
    },
  });
  const { accepted = false, yes = false, json = false, help = false } = values;
  if (help) return undefined;
  if (positionals.length > 0) throw new UsageError('name one delivery by --guid: an id is no filter');
  if (accepted && action === 'discard') throw new UsageError('what was accepted cannot be discarded');
  const filters = Object.fromEntries(
    FILTER_NAMES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  ) as Filters;
  if (Object.keys(filters).length === 0) {
    throw new UsageError(`give at least one of ${FILTER_NAMES.map((name) => `--${name}`).join(', ')}`);
  }
  return { ...connectionOf(values, environment), filters, accepted, yes, json };
}

const WHAT = {
  resend: 'Sends deliveries again to the backends for which they are dead, or that have rejected them.',
  discard: 'Discards for good what is owed, dead or rejected of deliveries.',
} as const;

const ACCEPTED = '\n  --accepted            sends again what was accepted too, where the payload is kept';

export const manyUsage = (action: Action): string => `Usage: sprayproxy deliveries ${action} [options]

${WHAT[action]}
Shows how many there are, asks, and follows until it is done. One filter at least has to be given.

  --state <state>       only forwards in this state
  --backend <backend>   only forwards to this backend, by URL or host
  --guid <guid>         only deliveries with this GUID
  --event <event>       only deliveries of this event
  --repository <name>   only deliveries about owner/name
  --since <time>        only deliveries since 2006-01-02T15:04:05Z, or for a duration back such as 3h${action === 'resend' ? ACCEPTED : ''}
  --yes                 does not ask
${CONNECTION_USAGE}
  --json                prints the operation as JSON when it has ended
  --help                shows this

Ctrl-C ends the following, not the operation: sprayproxy deliveries cancel <operation> does.

Exit code: 0 done, 1 not (all of it) done, 2 it was called wrongly, 130 Ctrl-C, and it goes on.
`;

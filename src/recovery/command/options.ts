import { parseGoDurationMs } from '../../config/go-values.js';
import { HOUR_MS } from '../../config/units.js';
import { commandOptions } from '../../config/command-options.js';
import { UsageError } from '../../config/usage-error.js';

/** GitHub's list goes back no further. */
const MAX_SINCE_MS = 72 * HOUR_MS;

export interface RecoverOptions {
  /** How far to look back. */
  readonly sinceMs: number;
  /** Whether nothing is to be asked for. */
  readonly dryRun: boolean;
  readonly help: boolean;
}

/** @throws UsageError */
export function parseRecoverOptions(args: readonly string[]): RecoverOptions {
  const { since = '72h', 'dry-run': dryRun = false, help = false } = parsed(args);
  const sinceMs = parseGoDurationMs(since);
  if (sinceMs === undefined || sinceMs <= 0 || sinceMs > MAX_SINCE_MS)
    throw new UsageError('--since must be a duration of at most 72h, as in 3h or 1h30m');
  return { sinceMs, dryRun, help };
}

function parsed(args: readonly string[]) {
  return commandOptions({
    args: [...args],
    options: { since: { type: 'string' }, 'dry-run': { type: 'boolean' }, help: { type: 'boolean' } },
  }).values;
}

export const RECOVER_USAGE = `Usage: sprayproxy recover [options]

Asks GitHub to send again what it could not deliver: every webhook of which no attempt was answered with 2xx, the oldest
first. GH_APP_ID and GH_APP_PRIVATE_KEY_FILE say which App. It asks GitHub alone, and no service: one that runs with these
variables set does the same by itself, but for what it has given up.

  --since <duration>  how far to look back, as in 3h [72h]
  --dry-run           shows what it would ask for, and asks for nothing
  --help              shows this

Exit code: 0 all was asked for, 1 something could not be, 2 it was called wrongly.
`;

import { parseGoDurationMs } from '../config/go-values.js';
import { commandOptions } from '../config/command-options.js';
import { UsageError } from '../config/usage-error.js';

const DEFAULT_TIMEOUT = '5s';
const MAX_TIMEOUT_MS = 600_000;

export interface CheckOptions {
  readonly json: boolean;
  readonly help: boolean;
  readonly timeoutMs: number;
}

/**
 * @param args what follows `check`
 * @throws UsageError
 */
export function parseCheckOptions(args: readonly string[]): CheckOptions {
  const { json = false, help = false, timeout = DEFAULT_TIMEOUT } = parsed(args);
  const timeoutMs = parseGoDurationMs(timeout);
  if (timeoutMs === undefined || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new UsageError('--timeout must be a duration from 1ms to 10m, such as 500ms or 10s');
  }
  return { json, help, timeoutMs };
}

function parsed(args: readonly string[]) {
  return commandOptions({
    args: [...args],
    options: { json: { type: 'boolean' }, timeout: { type: 'string' }, help: { type: 'boolean' } },
  }).values;
}

export const CHECK_USAGE = `Usage: sprayproxy check [options]

Reads the environment as the service does, and tells what would go wrong: the environment, the secret, the ports, the
spool, and the way to each backend (DNS, TCP, TLS, and a GET, which starts no pipeline). It changes nothing, and may be
run beside a service that is running.

  --json                prints JSON, when all is done
  --timeout <duration>  time for each backend [${DEFAULT_TIMEOUT}]
  --help                shows this

Exit code: 0 nothing would go wrong (there may be warnings), 1 something would, 2 it was called wrongly.
`;

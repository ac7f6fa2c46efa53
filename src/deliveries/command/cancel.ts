import { type CommandContext } from '../../config/command-context.js';
import { UsageError } from '../../config/usage-error.js';
import { type OperationView } from '../operations/operation.js';
import { asJson } from './as-json.js';
import { ask } from './client.js';
import { CONNECTION_USAGE } from './common-options.js';
import { parseOperationOptions } from './operation-options.js';
import { endOf } from './operation-text.js';

const USAGE = `Usage: sprayproxy deliveries cancel [options] <operation>

Cancels an operation: what it has not sent yet is left as it was.

${CONNECTION_USAGE}
  --json                prints JSON
  --help                shows this

Exit code: 0 cancelled, 1 not: it had ended, or cannot be had; 2 it was called wrongly.
`;

/** `sprayproxy deliveries cancel`. @throws UsageError, CommandError */
export async function cancelCommand(
  args: readonly string[],
  { env, stdout }: CommandContext,
): Promise<number> {
  const options = parseOperationOptions(args, env);
  if (options === undefined) {
    stdout.write(USAGE);
    return 0;
  }
  const { id, json } = options;
  if (id === undefined) throw new UsageError('say which: sprayproxy deliveries operations lists them');
  const target = `/deliveries/operations/${encodeURIComponent(id)}`;
  const { state } = (await ask(options, { target })) as OperationView;
  const operation = (await ask(options, { method: 'DELETE', target })) as OperationView;
  stdout.write(json ? asJson(operation) : `${endOf(operation)}\n`);
  return state === 'running' && operation.state === 'cancelled' ? 0 : 1;
}

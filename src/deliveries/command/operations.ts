import { type CommandContext } from '../../config/command-context.js';
import { type OperationView } from '../operations/operation.js';
import { type OperationList } from '../operations/operations.controller.js';
import { asJson } from './as-json.js';
import { ask } from './client.js';
import { CONNECTION_USAGE } from './common-options.js';
import { parseOperationOptions } from './operation-options.js';
import { operationTable } from './operation-text.js';

const USAGE = `Usage: sprayproxy deliveries operations [options] [<operation>]

Lists what was done to many deliveries of late, newest first; or shows one operation.

${CONNECTION_USAGE}
  --json                prints JSON
  --help                shows this

Exit code: 0 here they are, 1 they cannot be had, 2 it was called wrongly.
`;

/** `sprayproxy deliveries operations`. @throws UsageError, CommandError */
export async function operationsCommand(
  args: readonly string[],
  { env, stdout }: CommandContext,
): Promise<number> {
  const options = parseOperationOptions(args, env);
  if (options === undefined) {
    stdout.write(USAGE);
    return 0;
  }
  const { id, json } = options;
  const target = `/deliveries/operations${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  const answer = (await ask(options, { target })) as OperationList | OperationView;
  const operations = 'operations' in answer ? answer.operations : [answer];
  stdout.write(json ? asJson(answer) : operationTable(operations));
  return 0;
}

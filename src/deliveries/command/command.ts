import { type CommandContext } from '../../config/command-context.js';
import { UsageError } from '../../config/usage-error.js';
import { asJson } from './as-json.js';
import { list, show } from './client.js';
import { CommandError } from './command-error.js';
import { parseOptions, USAGE } from './options.js';
import { deliveryTable, listTable } from './table.js';
import { VERBS } from './verbs.js';

/**
 * `sprayproxy deliveries`: asks a running service.
 * @param args what follows `deliveries`
 * @returns the exit code: 1 if there is no answer, or none that helps; 2 if it was called wrongly
 */
export async function deliveriesCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const { env, stdout, stderr } = context;
  try {
    const [name, ...rest] = args;
    const verb = name === undefined ? undefined : VERBS.get(name);
    if (verb !== undefined) return await verb(rest, context);
    stdout.write(await output(args, env));
    return 0;
  } catch (error) {
    const wrong = error instanceof UsageError;
    if (!wrong && !(error instanceof CommandError)) throw error;
    stderr.write(`sprayproxy deliveries: ${error.message}\n`);
    return wrong ? 2 : 1;
  }
}

async function output(args: readonly string[], env: CommandContext['env']): Promise<string> {
  const options = parseOptions(args, env);
  if (options.help) return USAGE;
  const { id, json } = options;
  if (id !== undefined) {
    const delivery = await show(options, id);
    return json ? asJson(delivery) : deliveryTable(delivery);
  }
  const page = await list(options);
  return json ? asJson(page) : listTable(page);
}

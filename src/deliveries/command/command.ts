import { type CommandContext } from '../../config/command-context.js';
import { list, show } from './client.js';
import { CommandError } from './command-error.js';
import { parseOptions, USAGE } from './options.js';
import { deliveryTable, listTable } from './table.js';

/**
 * `sprayproxy deliveries`: asks a running service.
 * @param args what follows `deliveries`
 * @returns the exit code
 */
export async function deliveriesCommand(
  args: readonly string[],
  { env, stdout, stderr }: CommandContext,
): Promise<number> {
  try {
    stdout.write(await output(args, env));
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    stderr.write(`sprayproxy deliveries: ${error.message}\n`);
    return 1;
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

const asJson = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

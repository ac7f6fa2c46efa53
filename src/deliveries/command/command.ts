import { type CommandContext } from '../../config/command-context.js';
import { UsageError } from '../../config/usage-error.js';
import { list, show } from './client.js';
import { CommandError } from './command-error.js';
import { parseOptions, USAGE } from './options.js';
import { isPauseVerb, pauseOrResume } from './pause.js';
import { deliveryTable, listTable } from './table.js';

/**
 * `sprayproxy deliveries`: asks a running service.
 * @param args what follows `deliveries`
 * @returns the exit code: 1 if there is no answer, or none that helps; 2 if it was called wrongly
 */
export async function deliveriesCommand(
  args: readonly string[],
  { env, stdout, stderr }: CommandContext,
): Promise<number> {
  try {
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
  const [verb, ...rest] = args;
  if (isPauseVerb(verb)) return pauseOrResume(verb, rest, env);
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

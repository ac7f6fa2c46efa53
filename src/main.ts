#!/usr/bin/env -S node --max-semi-space-size=16
import 'reflect-metadata';

import { checkCommand } from './check/command.js';
import { ConfigurationError } from './config/configuration-error.js';
import { deliveriesCommand } from './deliveries/command/command.js';
import { helpText } from './help.js';
import { createLogger } from './logging/logger.js';
import { SpoolUnusableError } from './spool/spool-unusable-error.js';
import { VERSION } from './version.js';

/** By name; each takes the other arguments and gives the exit code. Any other name starts the service. */
const COMMANDS: ReadonlyMap<string | undefined, (args: readonly string[]) => Promise<number>> = new Map([
  ['check', checkCommand],
  ['deliveries', deliveriesCommand],
]);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const command = args.findIndex((argument) => !argument.startsWith('-'));
  const run = COMMANDS.get(args[command]);
  if (run !== undefined) {
    process.exitCode = await run(args.toSpliced(command, 1));
    return;
  }
  if (args.includes('--help')) {
    process.stdout.write(helpText());
    return;
  }
  if (args.includes('--version')) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  // Only the service needs all of it: a command that runs beside one has little memory.
  const { serve } = await import('./serve.js');
  await serve();
}

main().catch((error: unknown) => {
  const logger = createLogger('info');
  if (error instanceof ConfigurationError) {
    logger.fatal({ faults: error.faults }, `cannot start: ${error.faults.join('; ')}`);
  } else if (error instanceof SpoolUnusableError) {
    logger.fatal(`cannot start: ${error.message}`);
  } else {
    logger.fatal({ err: error }, `cannot start: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.exit(1);
});

#!/usr/bin/env -S node --max-semi-space-size=16
import { THREAD_POOL_SIZE } from './config/thread-pool.js';

/** As it was given. */
const env = { ...process.env };

// Before anything needs the threads: their number is fixed from then on.
if ((process.env.UV_THREADPOOL_SIZE ?? '') === '') process.env.UV_THREADPOOL_SIZE = THREAD_POOL_SIZE;

import { type CommandContext } from './config/command-context.js';
import { StopSignals } from './lifecycle/stop-signals.js';

/** Takes the arguments but its own name; gives the exit code. */
type Command = (args: readonly string[], context: CommandContext) => Promise<number>;

/** By name. Each loads what it needs, and no more: one that runs beside the service has little memory. */
const COMMANDS: ReadonlyMap<string | undefined, Command> = new Map<string, Command>([
  ['check', async (...all) => (await import('./check/command.js')).checkCommand(...all)],
  [
    'deliveries',
    async (...all) => (await import('./deliveries/command/command.js')).deliveriesCommand(...all),
  ],
]);

/** By itself, the engine opens a debugger on it, to whoever can connect to this host. */
process.on('SIGUSR1', () => undefined);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const at = args.findIndex((argument) => !argument.startsWith('-'));
  const command = COMMANDS.get(args[at]);
  if (command !== undefined) {
    process.exitCode = await command(args.toSpliced(at, 1), {
      env,
      stdout: process.stdout,
      stderr: process.stderr,
    });
  } else if (args.includes('--help')) {
    process.stdout.write((await import('./help.js')).helpText());
  } else if (args.includes('--version')) {
    process.stdout.write(`${(await import('./version.js')).VERSION}\n`);
  } else {
    await runService();
  }
}

async function runService(): Promise<void> {
  const signals = new StopSignals();
  signals.listen({
    onStop: (signal) => {
      void import('./lifecycle/end-unstarted.js').then(({ endUnstarted }) => {
        endUnstarted(signal);
      });
    },
    onImpatience: () => process.exit(1),
  });
  const { SprayproxyConfig } = await import('./config/sprayproxy-config.js');
  const config = SprayproxyConfig.of(env);
  const { serve } = await import('./serve.js');
  if (signals.first === undefined) await serve(config, signals);
}

main().catch(async (error: unknown) => {
  const { logFailedStart } = await import('./logging/failed-start.js');
  logFailedStart(error);
  process.exit(1);
});

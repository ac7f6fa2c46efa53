import { THREAD_POOL_SIZE } from './config/thread-pool.js';

/** As it was given. */
const env = { ...process.env };

// Before anything needs the threads: their number is fixed from then on.
if ((process.env.UV_THREADPOOL_SIZE ?? '') === '') process.env.UV_THREADPOOL_SIZE = THREAD_POOL_SIZE;

import { type CommandContext } from './config/command-context.js';
import { calledCommand, serviceVariables } from './config/command-line.js';
import { UsageError } from './config/usage-error.js';
import { StopSignals } from './lifecycle/stop-signals.js';
import { printable } from './model/printable.js';

/** Takes the arguments but its own name; gives the exit code. */
type Command = (args: readonly string[], context: CommandContext) => Promise<number>;

/** By name. Each loads what it needs, and no more: one that runs beside the service has little memory. */
const COMMANDS = new Map<string | undefined, Command>([
  ['check', async (...all) => (await import('./check/command.js')).checkCommand(...all)],
  [
    'deliveries',
    async (...all) => (await import('./deliveries/command/command.js')).deliveriesCommand(...all),
  ],
  ['recover', async (...all) => (await import('./recovery/command/command.js')).recoverCommand(...all)],
  ['spool', async (...all) => (await import('./spool/copy/command.js')).spoolCommand(...all)],
]);

/** What runs the service. */
const SERVER: readonly (string | undefined)[] = ['server', undefined];

/** By itself, the engine opens a debugger on it, to whoever can connect to this host. */
process.on('SIGUSR1', () => undefined);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { name, rest } = calledCommand(args);
  const command = COMMANDS.get(name);
  if (command !== undefined) {
    process.stdout.on('error', endUnread);
    process.exitCode = await command(rest, {
      env,
      stdout: process.stdout,
      stderr: process.stderr,
      // Opened by who asks for it.
      get stdin() {
        return process.stdin;
      },
    });
  } else if (name === 'help' || ['--help', '-h'].some((flag) => args.includes(flag))) {
    process.stdout.write((await import('./help.js')).helpText());
  } else if (args.includes('--version')) {
    process.stdout.write(`${(await import('./version.js')).VERSION}\n`);
  } else if (SERVER.includes(name)) {
    await runService(serviceVariables(rest));
  } else {
    const names = ['server', ...COMMANDS.keys()].join(', ');
    throw new UsageError(`unknown command ${printable(name ?? '', 100)}; there are ${names}`);
  }
}

/** Of a command nobody reads on, as with `| head`: it has said enough. */
function endUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/** @param variables that come before those of the environment */
async function runService(variables: Readonly<Record<string, string>>): Promise<void> {
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
  const config = SprayproxyConfig.of({ ...env, ...variables });
  const { serve } = await import('./serve.js');
  if (signals.first === undefined) await serve(config, signals);
}

main().catch(async (error: unknown) => {
  if (error instanceof UsageError) {
    process.stderr.write(`sprayproxy: ${error.message}\nsprayproxy --help tells more\n`);
    process.exitCode = 2;
    return;
  }
  const { logFailedStart } = await import('./logging/failed-start.js');
  logFailedStart(error);
  process.exit(1);
});

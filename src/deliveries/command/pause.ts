import { type CommandContext } from '../../config/command-context.js';
import { commandOptions } from '../../config/command-options.js';
import { UsageError } from '../../config/usage-error.js';
import { printable } from '../../model/printable.js';
import { type PauseView } from '../pause-view.js';
import { ask, NOT_OURS } from './client.js';
import { CommandError } from './command-error.js';
import { COMMON_OPTIONS, CONNECTION_USAGE } from './common-options.js';
import { type Connection, connectionOf } from './options.js';

const TARGET = '/deliveries/backends/pause';

const MAX_SHOWN = 256;

export type PauseVerb = 'pause' | 'resume';

export const isPauseVerb = (text: string | undefined): text is PauseVerb =>
  text === 'pause' || text === 'resume';

/** What the service is asked; `undefined`: only for help. */
interface PauseOptions {
  readonly connection: Connection;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * @param args what follows the verb
 * @throws CommandError, UsageError
 */
export function parsePauseOptions(
  verb: PauseVerb,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): PauseOptions | undefined {
  const type = 'string';
  const common = { ...COMMON_OPTIONS, backend: { type } } as const;
  const own = verb === 'pause' ? ({ for: { type }, until: { type }, reason: { type } } as const) : {};
  const { values } = commandOptions({ args: [...args], options: { ...common, ...own } });
  const { help, url, 'token-file': tokenFile, ...body } = values;
  if (help === true) return undefined;
  if (body.backend === undefined) throw new UsageError('give --backend');
  return { connection: connectionOf({ url, 'token-file': tokenFile }, environment), body };
}

/**
 * `sprayproxy deliveries pause` and `resume`.
 * @returns the exit code
 * @throws CommandError, UsageError
 */
export async function pauseCommand(
  verb: PauseVerb,
  args: readonly string[],
  { env, stdout }: CommandContext,
): Promise<number> {
  const options = parsePauseOptions(verb, args, env);
  stdout.write(options === undefined ? PAUSE_USAGE : await pauseOrResume(verb, options));
  return 0;
}

async function pauseOrResume(verb: PauseVerb, { connection, body }: PauseOptions): Promise<string> {
  const method = verb === 'pause' ? 'POST' : 'DELETE';
  const { backend, pause } = (await ask(connection, { method, target: TARGET, body })) as Answer;
  if (verb === 'resume') return `${shown(backend)} is no longer paused: it is sent what it is owed\n`;
  const end = pause?.until === undefined ? 'somebody resumes it' : shown(pause.until);
  return `${shown(backend)} is paused until ${end}: what comes in for it is owed\n`;
}

interface Answer {
  readonly backend?: string;
  readonly pause?: PauseView;
}

/** What came over the network is made safe for a terminal. @throws CommandError */
function shown(text: unknown): string {
  if (typeof text !== 'string') throw new CommandError(NOT_OURS);
  return printable(text, MAX_SHOWN);
}

export const PAUSE_USAGE = `Usage: sprayproxy deliveries pause --backend <url> [options]
       sprayproxy deliveries resume --backend <url> [options]

Pauses a backend: what comes in for it is owed and not attempted, until it is resumed or the time has come. Resumes it: it is
sent what it is owed. With a directory as its spool each replica has pauses of its own.

  --backend <url>       URL of the backend
  --for <duration>      how long, such as 2h; of pause only
  --until <time>        2006-01-02T15:04:05Z, in place of --for; neither: until somebody resumes it
  --reason <text>       shown to whoever asks; of pause only
${CONNECTION_USAGE}
  --help                shows this

Exit code: 0 done, 1 it could not be, 2 it was called wrongly.
`;

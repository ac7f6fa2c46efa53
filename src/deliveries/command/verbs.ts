import { type CommandContext } from '../../config/command-context.js';
import { backendsCommand } from './backends.js';
import { cancelCommand } from './cancel.js';
import { manyCommand } from './many.js';
import { operationsCommand } from './operations.js';
import { pauseCommand } from './pause.js';

/** Takes the arguments after its name; gives the exit code. @throws UsageError, CommandError */
type Verb = (args: readonly string[], context: CommandContext) => Promise<number>;

/** What `sprayproxy deliveries` does beside showing them, by name. */
export const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['resend', (args, context) => manyCommand('resend', args, context)],
  ['discard', (args, context) => manyCommand('discard', args, context)],
  ['backends', backendsCommand],
  ['operations', operationsCommand],
  ['cancel', cancelCommand],
  ['pause', (args, context) => pauseCommand('pause', args, context)],
  ['resume', (args, context) => pauseCommand('resume', args, context)],
]);

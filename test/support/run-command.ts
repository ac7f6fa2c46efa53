import { execFile } from 'node:child_process';

import type * as Check from '../../src/check/command.js';
import { type CommandContext } from '../../src/config/command-context.js';
import type * as Deliveries from '../../src/deliveries/command/command.js';
import type * as Recover from '../../src/recovery/command/command.js';
import type * as Copy from '../../src/spool/copy/command.js';
import { built } from './built.js';
import { MAIN } from './start-sprayproxy.js';

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one of the program's commands to its end, with nothing in its environment but what the test gives it. */
export const runCommand = (
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<CommandResult> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

const COMMANDS = {
  check: () => (built('check/command.js') as typeof Check).checkCommand,
  deliveries: () => (built('deliveries/command/command.js') as typeof Deliveries).deliveriesCommand,
  recover: () => (built('recovery/command/command.js') as typeof Recover).recoverCommand,
  spool: () => (built('spool/copy/command.js') as typeof Copy).spoolCommand,
};

/** The same in the process of the test, which spares it the start of another. */
export async function callCommand(
  env: Readonly<Record<string, string>>,
  command: keyof typeof COMMANDS,
  ...args: string[]
): Promise<CommandResult> {
  const [stdout, stderr] = [new Written(), new Written()];
  const context: CommandContext = { env, stdout, stderr };
  const code = await COMMANDS[command]()(args, context);
  return { code, out: stdout.text, err: stderr.text };
}

class Written {
  text = '';

  write(text: string): void {
    this.text += text;
  }
}

import { execFile } from 'node:child_process';

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

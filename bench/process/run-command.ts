import { Child } from '../../testing/child.js';

export interface CommandResult {
  /** `null`: a signal ended it, or it could not be started. */
  readonly status: number | null;
  /** The end of what it wrote. */
  readonly output: string;
}

/** Runs a command to its end; it ends with this process. */
export async function runCommand(command: readonly [string, ...string[]]): Promise<CommandResult> {
  const child = Child.start(command);
  await child.closed;
  return { status: child.process.exitCode, output: child.output };
}

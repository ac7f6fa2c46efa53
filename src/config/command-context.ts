/** What a command gets of the process it runs in. */
export interface CommandContext {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Takes text as it comes. */
interface Output {
  write(text: string): unknown;
}

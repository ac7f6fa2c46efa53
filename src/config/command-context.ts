/** What a command gets of the process it runs in. */
export interface CommandContext {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Absent: nobody can be asked. */
  readonly stdin?: Input;
}

/** Where a user answers, if it is a terminal. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Takes text as it comes. */
export interface Output {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

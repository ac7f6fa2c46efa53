import { parseArgs } from 'node:util';

/** What a timer of Node can hold is more; nobody looks at a demonstration for longer. */
const MAX_STAY_S = 86_400;

const STAY_WITHOUT_TERMINAL_S = 60;

export const HELP = `Sprayproxy's demonstration: starts the built program with two throw-away backends on free
loopback ports, sends it every webhook that GitHub publishes an example of, signed, and shows
what each backend got. Then stops one backend, sends a few more, and shows that it gets them
when it is back. Then does so with two replicas on one PostgreSQL, which comes with npm, and
kills one of them. Then kills the program while webhooks come in, which it asks GitHub for
when it is back; GitHub's part is played by a server of its own. Ends with status 0 if each
backend got every webhook, byte for byte, else with 1.

Usage: npm run demo [-- options]

  --stay [seconds]  how long to stay up afterwards for webhooks sent by hand, and for the page to
                    be looked at; without a number until Ctrl-C; 0: not at all
                    [on a terminal: until Ctrl-C, else: ${STAY_WITHOUT_TERMINAL_S}]
  --help            shows this
`;

export interface Options {
  readonly help: boolean;
  /** `undefined`: until a signal comes. */
  readonly stayS: number | undefined;
}

export class UsageError extends Error {}

/** @throws UsageError */
export function parseOptions(args: string[], isTerminal: boolean): Options {
  const { help = false, stay } = parse(args);
  if (stay === '') return { help, stayS: undefined };
  if (stay === undefined) return { help, stayS: isTerminal ? undefined : STAY_WITHOUT_TERMINAL_S };
  if (!/^\d+(\.\d+)?$/.test(stay) || Number(stay) > MAX_STAY_S)
    throw new UsageError(`--stay takes seconds, from 0 to ${MAX_STAY_S}`);
  return { help, stayS: Number(stay) };
}

function parse(args: string[]): { help?: boolean; stay?: string } {
  try {
    // An option has a value or has none: of one that may have, the value is empty.
    const given = args.map((arg, at) => (arg === '--stay' && isOption(args[at + 1]) ? '--stay=' : arg));
    return parseArgs({ args: given, options: { help: { type: 'boolean' }, stay: { type: 'string' } } })
      .values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const isOption = (next: string | undefined): boolean => next?.startsWith('--') ?? true;

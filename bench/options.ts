import { parseArgs } from 'node:util';

import { BenchError } from './bench-error.js';
import { BEFORE, type Contender, CONTENDERS } from './contenders/contender.js';
import { type Scenario } from './scenarios/scenario.js';

const MAX_ROUNDS = 100;
const MAX_SECONDS = 600;
const FULL = { rounds: 3, seconds: 5, warmUpSeconds: 4 };
const QUICK = { rounds: 1, seconds: 1, warmUpSeconds: 1 };

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly scenarios: readonly Scenario[];
  /** `undefined`: all; or those that are compared. */
  readonly contenders: readonly Contender[] | undefined;
  /** What git calls the commit to compare with; `undefined`: none. */
  readonly compare: string | undefined;
  /** The JSON file; the Markdown goes beside it. `undefined`: where the results of all runs go. */
  readonly out: string | undefined;
}

/** The commit to compare with is measured where ours is. */
const CHOICES = CONTENDERS.filter((each) => !Object.values(BEFORE).includes(each));

export const help = (
  scenarios: readonly Scenario[],
): string => `Sprayproxy's bench: measures the built program beside the smallest honest Node program ("floor"),
nginx's mirror module and, if one is given, another sprayproxy, on loopback, in turn.

Usage: npm run bench [-- options]

  --quick                one short round of a few scenarios: shows that all works, not how fast
  --only <scenario,...>  only these; a name or what stands before its dash
  --contenders <name,...>  only these: ${CHOICES.join(', ')}
  --compare <commit>     builds that commit of this repository as well, and measures it beside the program as
                         it is built here, in turn; those two alone, unless --contenders names others too
  --rounds <n>           how often everything is measured [${FULL.rounds}]; an even number
                         balances who is measured first
  --seconds <n>          of load in each run, after ${FULL.warmUpSeconds} s of warm-up [${FULL.seconds}]
  --out <file>           the JSON file; the Markdown goes beside it [bench/results/latest.json]
  --help                 shows this

  BENCH_PEER=<command>   in the environment: starts another sprayproxy, which is configured by the
                         same SPRAYPROXY_SERVER_* and GH_APP_WEBHOOK_SECRET variables

Ends with status 0; 1: a run was invalid (an answer that is not 2xx, a socket error, a contender
that did not start); 2: wrong usage, or wrk is not installed (apt-get install wrk nginx-light).
A spool with a backend down takes a few GiB in TMPDIR for a while. PostgreSQL comes with npm; each
run that needs one has a server of its own on the loopback, which ends with it.

Scenarios:
${scenarios.map(({ name, about, quick }) => `  ${name.padEnd(14)} ${about}${quick ? ' (--quick)' : ''}`).join('\n')}
`;

/** @throws BenchError with status 2 */
export function parseOptions(args: string[], all: readonly Scenario[]): Options {
  const { quick = false, only, rounds, seconds, out, compare, ...values } = parse(args);
  const defaults = quick ? QUICK : FULL;
  return {
    help: values.help ?? false,
    quick,
    rounds: count('--rounds', rounds, MAX_ROUNDS) ?? defaults.rounds,
    seconds: count('--seconds', seconds, MAX_SECONDS) ?? defaults.seconds,
    warmUpSeconds: defaults.warmUpSeconds,
    scenarios: only === undefined ? all.filter((each) => each.quick || !quick) : pick(only, all),
    contenders: values.contenders === undefined ? undefined : pickContenders(values.contenders),
    compare,
    out,
  };
}

function parse(args: string[]) {
  try {
    const [flag, text] = [{ type: 'boolean' }, { type: 'string' }] as const;
    const options = { quick: flag, help: flag, only: text, contenders: text, compare: text } as const;
    const numbers = { rounds: text, seconds: text, out: text } as const;
    return parseArgs({ args, options: { ...options, ...numbers } }).values;
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : String(error), 2);
  }
}

function count(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > max) {
    throw new BenchError(`${name} takes a whole number from 1 to ${max}`, 2);
  }
  return value;
}

function pick(only: string, all: readonly Scenario[]): Scenario[] {
  const wanted = only.split(',');
  const fits = ({ name }: Scenario, word: string) => name === word || name.split('-')[0] === word;
  for (const word of wanted) {
    if (!all.some((scenario) => fits(scenario, word))) {
      throw new BenchError(`--only: there is no scenario '${word}'; --help lists them`, 2);
    }
  }
  return all.filter((scenario) => wanted.some((word) => fits(scenario, word)));
}

function pickContenders(text: string): Contender[] {
  return text.split(',').map((word) => {
    const contender = CHOICES.find((each) => each === word);
    if (contender !== undefined) return contender;
    throw new BenchError(`--contenders: there is no '${word}'; there are ${CHOICES.join(', ')}`, 2);
  });
}

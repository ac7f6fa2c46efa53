import { type Bench } from './bench-context.js';
import { BenchError } from './bench-error.js';
import { ABOUT, type Contender } from './contenders/contender.js';
import { machine } from './machine.js';
import { help, type Options, parseOptions } from './options.js';
import { exitOnSignal } from '../testing/at-exit.js';
import { markdown } from './report/markdown.js';
import { writeResult } from './report/write-result.js';
import { type Result, type ScenarioResult } from './result.js';
import { allFaults, canRun, runScenario } from './runner.js';
import { SCENARIOS } from './scenarios/scenarios.js';
import { measureTargets } from './targets.js';
import { findTools } from './tools.js';
import { versions } from './versions.js';

const WHY_SKIPPED: Readonly<Partial<Record<Contender, string>>> = {
  nginx: 'nginx is not installed (minimal Node programs stand in as backends)',
  peer: 'BENCH_PEER names no command',
};

/** Progress goes to stderr, so that stdout holds nothing but the tables. */
const progress = (line: string) =>
  process.stderr.write(`[${new Date().toISOString().slice(11, 19)}] ${line}\n`);

/** @returns the exit status. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), SCENARIOS);
  if (options.help) {
    process.stdout.write(help(SCENARIOS));
    return 0;
  }
  exitOnSignal();
  const result = await run(options);
  const text = markdown(result);
  process.stdout.write(text);
  progress(`written: ${writeResult(result, text, options.out).join(', ')}`);
  for (const fault of result.faults) progress(`INVALID: ${fault}`);
  return result.faults.length === 0 ? 0 : 1;
}

async function run({ scenarios, rounds, seconds, warmUpSeconds, quick }: Options): Promise<Result> {
  const tools = findTools();
  const peer = process.env.BENCH_PEER;
  const bench: Bench = { tools, peer, seconds, warmUpSeconds, quick };
  const about = { date: new Date().toISOString(), machine: machine(), versions: versions(tools) };
  const skipped = (Object.keys(ABOUT) as Contender[])
    .filter((contender) => !canRun(contender, bench))
    .map((contender) => `${contender} was not measured: ${WHY_SKIPPED[contender] ?? 'unknown'}`);
  skipped.forEach(progress);

  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    progress(`${scenario.name}: ${scenario.about}`);
    results.push(await runScenario(scenario, { bench, rounds, progress }));
  }
  return {
    format: 1,
    ...about,
    peer: peer ?? null,
    rounds,
    seconds,
    warmUpSeconds,
    quick,
    skipped,
    scenarios: results,
    // What a quick run gives is no figure to judge by.
    targets: measureTargets(quick ? [] : results),
    faults: allFaults(results),
  };
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof BenchError ? error.message : error);
    process.exitCode = error instanceof BenchError ? error.status : 1;
  },
);

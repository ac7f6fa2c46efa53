import { type Bench } from './bench-context.js';
import { BenchError } from './bench-error.js';
import { buildCommit } from './build/build-commit.js';
import { chosen, unavailable } from './contenders/choose.js';
import { CONTENDERS } from './contenders/contender.js';
import { machine } from './machine.js';
import { help, type Options, parseOptions } from './options.js';
import { exitOnSignal } from '../testing/at-exit.js';
import { markdown } from './report/markdown.js';
import { writeResult } from './report/write-result.js';
import { type Result, type ScenarioResult } from './result.js';
import { allFaults, runScenario } from './runner.js';
import { SCENARIOS } from './scenarios/scenarios.js';
import { measureTargets } from './targets/measure.js';
import { findTools } from './tools.js';
import { versions } from './versions.js';

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

async function run(options: Options): Promise<Result> {
  const { rounds, seconds, warmUpSeconds, quick } = options;
  const tools = findTools();
  const peer = process.env.BENCH_PEER;
  if (options.compare !== undefined) progress(`${options.compare}: is built, to be compared with`);
  const before = options.compare === undefined ? undefined : await buildCommit(options.compare);
  const bench: Bench = { tools, peer, before, seconds, warmUpSeconds, quick };
  const about = { date: new Date().toISOString(), machine: machine(), versions: versions(tools) };
  const skipped = skips(options, bench);
  skipped.forEach(progress);

  const results: ScenarioResult[] = [];
  for (const scenario of options.scenarios) {
    const contenders = chosen(scenario.contenders, options.contenders, bench);
    if (contenders.length === 0 || scenario.unavailable?.() !== undefined) continue;
    progress(`${scenario.name}: ${scenario.about}`);
    results.push(await runScenario(scenario, { bench, contenders, rounds, progress }));
  }
  return {
    format: 2,
    ...about,
    peer: peer ?? null,
    before: before === undefined ? null : { ref: before.ref, commit: before.commit },
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

/** What will not be measured though it was asked for, and why. */
function skips({ scenarios, contenders }: Options, bench: Bench): string[] {
  const because = (name: string, why: string | undefined) =>
    why === undefined ? [] : [`${name} was not measured: ${why}`];
  const wanted = bench.before === undefined ? (contenders ?? CONTENDERS) : (contenders ?? []);
  return [
    ...wanted.flatMap((contender) => because(contender, unavailable(contender, bench))),
    ...scenarios.flatMap(({ name, unavailable }) => because(name, unavailable?.())),
  ];
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

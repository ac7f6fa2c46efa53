import { type Bench } from './bench-context.js';
import { BenchError } from './bench-error.js';
import { aboutBuild } from './build/build.js';
import { buildCommit } from './build/build-commit.js';
import { machine } from './machine.js';
import { help, type Options, parseOptions } from './options.js';
import { exitOnSignal } from '../testing/at-exit.js';
import { markdown } from './report/markdown.js';
import { writeResult } from './report/write-result.js';
import { type Result } from './result.js';
import { allFaults, runScenarios } from './runner.js';
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
  const { rounds, seconds, warmUpSeconds, quick, compare } = options;
  const tools = findTools();
  const peer = process.env.BENCH_PEER;
  if (compare !== undefined) progress(`${compare}: is built, to be compared with`);
  const before = compare === undefined ? undefined : await buildCommit(compare);
  const bench: Bench = { tools, peer, before, seconds, warmUpSeconds, quick };
  const about = { date: new Date().toISOString(), machine: machine(), versions: versions(tools) };
  const { skipped, results } = await runScenarios(options, bench, progress);
  return {
    format: 2,
    ...about,
    peer: peer ?? null,
    before: before === undefined ? null : aboutBuild(before),
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

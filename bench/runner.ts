import { BenchError } from './bench-error.js';
import { type Bench } from './bench-context.js';
import { chosen, unavailable } from './contenders/choose.js';
import { BEFORE, type Contender, CONTENDERS } from './contenders/contender.js';
import { type Measurement } from './measurement.js';
import { roundOrder } from './order.js';
import { fixedWorkMs } from './process/machine-speed.js';
import { untilQuiet } from './process/until-quiet.js';
import { type ContenderResult, type RoundResult, type ScenarioResult } from './result.js';
import { type Scenario } from './scenarios/scenario.js';
import { medians, pairedRatios } from './statistics.js';

/** What is asked for. */
export interface Wanted {
  readonly scenarios: readonly Scenario[];
  /** `undefined`: it was not said. */
  readonly contenders: readonly Contender[] | undefined;
  readonly rounds: number;
}

/** Measures what can be measured here; the rest is told, and left out. */
export async function runScenarios(
  wanted: Wanted,
  bench: Bench,
  progress: (line: string) => void,
): Promise<{ skipped: string[]; results: ScenarioResult[] }> {
  const skipped = skips(wanted, bench);
  skipped.forEach(progress);
  const results: ScenarioResult[] = [];
  for (const scenario of wanted.scenarios) {
    const contenders = chosen(scenario.contenders, wanted.contenders, bench);
    if (contenders.length === 0 || scenario.unavailable?.() !== undefined) continue;
    progress(`${scenario.name}: ${scenario.about}`);
    results.push(await runScenario(scenario, { bench, contenders, rounds: wanted.rounds, progress }));
  }
  return { skipped, results };
}

/** A comparison is of what is compared, unless others are asked for. */
function skips({ scenarios, contenders }: Wanted, bench: Bench): string[] {
  const because = (name: string, why: string | undefined) =>
    why === undefined ? [] : [`${name} was not measured: ${why}`];
  const all = contenders ?? (bench.before === undefined ? CONTENDERS : []);
  return [
    ...all.flatMap((contender) => because(contender, unavailable(contender, bench))),
    ...scenarios.flatMap((scenario) => because(scenario.name, scenario.unavailable?.())),
  ];
}

export interface RunOptions {
  readonly bench: Bench;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** Hears of everything as it happens. */
  readonly progress: (line: string) => void;
}

/** Measures all contenders of a scenario in turn, round by round: what disturbs the machine disturbs all of them. */
export async function runScenario(
  scenario: Scenario,
  { bench, contenders, rounds, progress }: RunOptions,
): Promise<ScenarioResult> {
  const measured = new Map<Contender, RoundResult[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, contender] of roundOrder(contenders, round).entries()) {
      if (!bench.quick) await untilQuiet();
      const workMs = fixedWorkMs();
      const measurement = await measure(scenario, contender, bench);
      measured.get(contender)?.push({ ...measurement, place: at + 1, fixedWorkMs: workMs });
      progress(`${scenario.name}, round ${round + 1} of ${rounds}, ${contender}: ${summary(measurement)}`);
    }
  }
  return { name: scenario.name, about: scenario.about, contenders: contenderResults(measured) };
}

/** A contender that cannot be measured is a fault of that run; the others go on. */
async function measure(scenario: Scenario, contender: Contender, bench: Bench): Promise<Measurement> {
  try {
    return await scenario.measure(contender, bench);
  } catch (error) {
    const fault = error instanceof BenchError || !(error instanceof Error) ? String(error) : error.stack;
    return { figures: {}, faults: [fault ?? String(error)] };
  }
}

const contenderResults = (measured: ReadonlyMap<Contender, readonly RoundResult[]>): ContenderResult[] =>
  [...measured].map(([contender, rounds]) => {
    const before = BEFORE[contender];
    return {
      contender,
      rounds,
      medians: medians(rounds),
      ratiosToFloor: pairedRatios(rounds, measured.get('floor') ?? []),
      ratiosToBefore: before === undefined ? {} : pairedRatios(rounds, measured.get(before) ?? []),
    };
  });

function summary({ figures, faults, notes = [], othersPercent }: Measurement): string {
  const all = { ...figures, ...(othersPercent === undefined ? {} : { othersPercent }) };
  const values = Object.entries(all).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  return [values.join(', '), ...notes, ...faults.map((fault) => `INVALID: ${fault}`)].join('; ');
}

/** Every fault of every run, with where it was. */
export const allFaults = (scenarios: readonly ScenarioResult[]): string[] =>
  scenarios.flatMap(({ name, contenders }) =>
    contenders.flatMap(({ contender, rounds }) =>
      rounds.flatMap(({ faults }, at) =>
        faults.map((fault) => `${name}, round ${at + 1}, ${contender}: ${fault}`),
      ),
    ),
  );

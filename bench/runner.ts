import { BenchError } from './bench-error.js';
import { type Bench } from './bench-context.js';
import { type Contender } from './contenders/contender.js';
import { type Figures, type Measurement } from './measurement.js';
import { type ContenderResult, type ScenarioResult } from './result.js';
import { type Scenario } from './scenarios/scenario.js';
import { medians, ratios } from './statistics.js';

export interface RunOptions {
  readonly bench: Bench;
  readonly rounds: number;
  /** Hears of everything as it happens. */
  readonly progress: (line: string) => void;
}

/** Measures all contenders of a scenario in turn, round by round: what disturbs the machine disturbs all of them. */
export async function runScenario(
  scenario: Scenario,
  { bench, rounds, progress }: RunOptions,
): Promise<ScenarioResult> {
  const contenders = scenario.contenders.filter((contender) => canRun(contender, bench));
  const measured = new Map<Contender, Measurement[]>(contenders.map((contender) => [contender, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const measurement = await measure(scenario, contender, bench);
      measured.get(contender)?.push(measurement);
      progress(`${scenario.name}, round ${round} of ${rounds}, ${contender}: ${summary(measurement)}`);
    }
  }
  return { name: scenario.name, about: scenario.about, contenders: contenderResults(measured) };
}

export const canRun = (contender: Contender, { tools, peer }: Bench): boolean =>
  contender === 'nginx' ? tools.nginx !== undefined : contender !== 'peer' || peer !== undefined;

/** A contender that cannot be measured is a fault of that run; the others go on. */
async function measure(scenario: Scenario, contender: Contender, bench: Bench): Promise<Measurement> {
  try {
    return await scenario.measure(contender, bench);
  } catch (error) {
    const fault = error instanceof BenchError || !(error instanceof Error) ? String(error) : error.stack;
    return { figures: {}, faults: [fault ?? String(error)] };
  }
}

function contenderResults(measured: ReadonlyMap<Contender, readonly Measurement[]>): ContenderResult[] {
  const valid = (rounds: readonly Measurement[]) =>
    medians(rounds.filter(({ faults }) => faults.length === 0).map(({ figures }) => figures));
  const floor: Figures = valid(measured.get('floor') ?? []);
  return [...measured].map(([contender, rounds]) => {
    const figures = valid(rounds);
    return { contender, rounds, medians: figures, ratiosToFloor: ratios(figures, floor) };
  });
}

function summary({ figures, faults, notes = [] }: Measurement): string {
  const values = Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
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

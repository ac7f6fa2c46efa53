import { type Contender } from '../contenders/contender.js';
import { type Figure } from '../measurement.js';
import { type ContenderResult, type ScenarioResult } from '../result.js';
import { pairedRatios, type Spread } from '../statistics.js';

/** What the program is to be. */
export interface Target {
  readonly target: string;
  readonly unit: string;
  readonly limit: number;
  readonly atLeast: boolean;
  /** `undefined`: what it takes was not measured. */
  readonly measure: (results: Results) => Spread | undefined;
}

/** `undefined`: was not measured. */
export type Results = (scenario: string, contender: Contender) => ContenderResult | undefined;

export const resultsOf =
  (scenarios: readonly ScenarioResult[]): Results =>
  (scenario, contender) =>
    scenarios.find((each) => each.name === scenario)?.contenders.find((each) => each.contender === contender);

/** A figure of one contender as a part of another's, round by round. */
export const ratio =
  (scenario: string, figure: Figure, ours: Contender, theirs: Contender): Target['measure'] =>
  (results) =>
    pairedRatios(results(scenario, ours)?.rounds ?? [], results(scenario, theirs)?.rounds ?? [])[figure];

export const figure =
  (scenario: string, contender: Contender, name: Figure): Target['measure'] =>
  (results) => {
    const result = results(scenario, contender);
    const median = result?.medians[name];
    if (result === undefined || median === undefined) return undefined;
    const values = result.rounds.flatMap(({ figures, faults }) =>
      faults.length === 0 ? (figures[name] ?? []) : [],
    );
    return { median, min: Math.min(...values), max: Math.max(...values) };
  };

export const atLeast = (target: string, limit: number, unit: string, measure: Target['measure']): Target => ({
  target,
  unit,
  limit,
  atLeast: true,
  measure,
});

export const atMost = (...args: Parameters<typeof atLeast>): Target => ({
  ...atLeast(...args),
  atLeast: false,
});

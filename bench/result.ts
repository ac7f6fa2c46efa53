import { type AboutBuild } from './build/build.js';
import { type Contender } from './contenders/contender.js';
import { type Figures, type Measurement } from './measurement.js';
import { type Versions } from './versions.js';
import { type Machine } from './machine.js';
import { type Spreads } from './statistics.js';
import { type MeasuredTarget } from './targets/measure.js';

/** What the JSON file holds. Units are the ends of the figures' names. */
export interface Result {
  /** Changes with the shape of this file. */
  readonly format: 2;
  /** When the run began, RFC 3339. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Versions;
  /** The peer's command; `null`: none was given. */
  readonly peer: string | null;
  /** What was built to compare with; `null`: nothing. */
  readonly before: AboutBuild | null;
  readonly rounds: number;
  /** Of load measured in each run, and of load before that. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly quick: boolean;
  /** Contenders and scenarios that could not be measured, and why. */
  readonly skipped: readonly string[];
  readonly scenarios: readonly ScenarioResult[];
  readonly targets: readonly MeasuredTarget[];
  /** Every fault of every run; empty: all figures are valid. */
  readonly faults: readonly string[];
}

export interface ScenarioResult {
  readonly name: string;
  readonly about: string;
  readonly contenders: readonly ContenderResult[];
}

export interface ContenderResult {
  readonly contender: Contender;
  /** The first is the first round's, whatever its place in that. */
  readonly rounds: readonly RoundResult[];
  readonly medians: Figures;
  /** Figures as parts of the floor's in the same round; empty where the floor was not measured. */
  readonly ratiosToFloor: Spreads;
  /** The same, of what was built to compare with; empty where there is none. */
  readonly ratiosToBefore: Spreads;
}

export interface RoundResult extends Measurement {
  /** How many contenders were measured before it in the round, and 1. */
  readonly place: number;
  /** CPU time of one piece of work, always the same, just before it: how fast the machine was. */
  readonly fixedWorkMs: number;
}

import { type Contender } from './contenders/contender.js';
import { type Figures, type Measurement } from './measurement.js';
import { type Versions } from './versions.js';
import { type Machine } from './machine.js';
import { type MeasuredTarget } from './targets.js';

/** What the JSON file holds. Units are the ends of the figures' names. */
export interface Result {
  /** Changes with the shape of this file. */
  readonly format: 1;
  /** When the run began, RFC 3339. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Versions;
  /** The peer's command; `null`: none was given. */
  readonly peer: string | null;
  readonly rounds: number;
  /** Of load measured in each run, and of load before that. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly quick: boolean;
  /** Contenders that could not be measured, and why. */
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
  /** In the order they were run. */
  readonly rounds: readonly Measurement[];
  readonly medians: Figures;
  /** Medians as parts of the floor's; empty where the floor was not measured. */
  readonly ratiosToFloor: Figures;
}

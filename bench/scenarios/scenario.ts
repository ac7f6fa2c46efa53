import { type Bench } from '../bench-context.js';
import { type Contender } from '../contenders/contender.js';
import { type Measurement } from '../measurement.js';

export interface Scenario {
  /** Unique; `--only` picks by it, or by what stands before its dash. */
  readonly name: string;
  readonly about: string;
  /** Whether it is part of `--quick`. */
  readonly quick: boolean;
  readonly contenders: readonly Contender[];
  /** Why it cannot be measured on this machine; `undefined`: it can. */
  readonly unavailable?: () => string | undefined;
  /** One run of one contender. @throws BenchError if it cannot be measured at all. */
  measure(contender: Contender, bench: Bench): Promise<Measurement>;
}

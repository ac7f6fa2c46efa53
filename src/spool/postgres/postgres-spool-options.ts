import { type Clock } from '../../clock/clock.js';
import { type SpoolUnusableError } from '../spool-unusable-error.js';
import { type Connections } from './connections.js';

export interface PostgresSpoolOptions {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly maxBytes: number;
  /** How long deliveries that are over are remembered. */
  readonly maxPastAgeMs: number;
  readonly allowAsyncCommit: boolean;
  readonly onVerb?: (verb: string, seconds: number) => void;
  readonly onWrite?: (seconds: number, ok: boolean) => void;
  /** The database was reached later than at the start, and cannot be used. */
  readonly onUnusable: (error: SpoolUnusableError) => void;
}

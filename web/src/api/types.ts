export {
  type AttemptView,
  type DeliveryList,
  type DeliverySummary,
  type DeliveryView,
  type ForwardSummary,
  type ForwardView,
} from '../../../src/deliveries/delivery-view.js';

export interface Pause {
  readonly since: string;
  readonly until?: string;
  readonly reason?: string;
  readonly user?: string;
}

/** A backend, and what is owed to it. */
export interface Lane {
  /** Its URL. */
  readonly backend: string;
  readonly host: string;
  readonly origin: 'static' | 'registered';
  readonly state: 'up' | 'down' | 'paused';
  readonly since?: string;
  readonly reason?: string;
  readonly pause?: Pause;
  readonly filter?: { readonly events?: readonly string[]; readonly repositories?: readonly string[] };
  readonly owed: number;
  readonly running: number;
  readonly dead: number;
  readonly rejected: number;
  readonly oldestOwedAt?: string;
  readonly lastAcceptedAt?: string;
  /** Of the last minutes, oldest first. */
  readonly attemptsPerMinute: readonly number[];
  readonly latencyMs: readonly (number | null)[];
}

export interface LaneList {
  readonly backends: readonly Lane[];
  /** Whether there is a spool. */
  readonly keeps: boolean;
  readonly version: string;
}

export type OperationAction = 'resend' | 'discard';

/** An action on many forwards, that runs in the background. */
export interface Operation {
  readonly id: string;
  readonly action: OperationAction;
  readonly filters: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly error?: string;
  readonly total: Count;
  /** Forwards. */
  readonly done: number;
  /** URLs of the backends that nothing comes back from. */
  readonly waitingFor?: readonly string[];
  /** Who has cancelled it. */
  readonly cancelledBy?: string;
  readonly outcomes?: Readonly<Record<string, number>>;
}

export interface OperationList {
  readonly operations: readonly Operation[];
}

export interface Count {
  readonly deliveries: number;
  readonly forwards: number;
}

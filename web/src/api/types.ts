export {
  type AttemptView,
  type DeliveryList,
  type DeliverySummary,
  type DeliveryView,
  type ForwardSummary,
  type ForwardView,
} from '../../../src/deliveries/delivery-view.js';
export { type LaneView as Lane } from '../../../src/deliveries/lane-views.js';
export { type LaneList } from '../../../src/deliveries/lanes.controller.js';

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

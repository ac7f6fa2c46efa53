import { type Forward, type ShownState, shownState } from './forward.js';
import { type StoredDelivery } from './stored-delivery.js';

/** Which deliveries somebody asks for; what is absent does not matter. */
export interface DeliveryFilter {
  /** Some forward is in this state; with `backend`, the one to it. */
  readonly state?: ShownState;
  /** Key of a backend, or its host. */
  readonly backend?: string;
  readonly guid?: string;
  readonly event?: string;
  /** In lower case. */
  readonly repository?: string;
  /** Ms since the epoch. */
  readonly since?: number;
}

/** Whether a delivery is one of those asked for. */
export function matches({ delivery, forwards }: StoredDelivery, filter: DeliveryFilter): boolean {
  const { state, backend, guid, event, repository, since } = filter;
  return (
    (guid === undefined || delivery.guid === guid) &&
    (event === undefined || delivery.event === event) &&
    (repository === undefined || delivery.repository?.toLowerCase() === repository) &&
    (since === undefined || delivery.receivedAt >= since) &&
    ((state === undefined && backend === undefined) ||
      forwards.some(
        (forward) =>
          (state === undefined || shownState(forward) === state) &&
          (backend === undefined || isTo(forward, backend)),
      ))
  );
}

const isTo = ({ backend: key }: Forward, backend: string): boolean =>
  key === backend || (!backend.includes('://') && new URL(key).host === backend);

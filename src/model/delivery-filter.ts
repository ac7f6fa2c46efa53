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
      forwards.some((forward) => matchesForward(forward, filter)))
  );
}

/** Whether a forward is one of those by which its delivery is asked for. */
export const matchesForward = (
  forward: Forward,
  { state, backend }: Pick<DeliveryFilter, 'state' | 'backend'>,
): boolean =>
  (state === undefined || shownState(forward) === state) &&
  (backend === undefined || isTo(forward.backend, backend));

/** Whether the backend with a key is the one that is asked for, by its key or its host. */
export const isTo = (key: string, backend: string): boolean =>
  key === backend || (!backend.includes('://') && new URL(key).host === backend);

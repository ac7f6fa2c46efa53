import { type Forward } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { type ListQuery } from './list-query.js';

/** Whether a delivery is one of those asked for; how many and from where on is not looked at. */
export function matches({ delivery, forwards }: StoredDelivery, query: ListQuery): boolean {
  const { state, backend, guid, event, repository, since } = query;
  return (
    (guid === undefined || delivery.guid === guid) &&
    (event === undefined || delivery.event === event) &&
    (repository === undefined || delivery.repository?.toLowerCase() === repository) &&
    (since === undefined || delivery.receivedAt >= since) &&
    ((state === undefined && backend === undefined) ||
      forwards.some(
        (forward) =>
          (state === undefined || forward.state === state) &&
          (backend === undefined || isTo(forward, backend)),
      ))
  );
}

const isTo = ({ backend: key }: Forward, backend: string): boolean =>
  key === backend || (!backend.includes('://') && new URL(key).host === backend);

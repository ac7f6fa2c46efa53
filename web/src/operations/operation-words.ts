import { type LaneList, type Operation } from '../api/types.js';
import { clockTime } from '../ui/time-words.js';
import { backendName } from '../ui/words.js';

type Meant = Pick<Operation, 'action' | 'filters'> & Partial<Pick<Operation, 'accepted'>>;

/** What an operation does, as a sentence without its stop. */
export const summaryOf = (operation: Meant, today?: Date): string =>
  `${operation.action === 'resend' ? 'Sends again' : 'Discards'} ${meantBy(operation, today)}`;

/** What an operation is about, as `what is dead at a.example.com, received since 16:01:02`. */
export function meantBy({ action, filters, accepted = false }: Meant, today: Date = new Date()): string {
  const { state = statesOf(action, accepted), backend, event, repository, guid, since } = filters;
  return [
    `what is ${state}${backend === undefined ? '' : ` at ${backendName(backend)}`}`,
    event !== undefined && `event ${event}`,
    repository !== undefined && `repository ${repository}`,
    guid !== undefined && `GUID ${guid}`,
    since !== undefined && `received ${sinceWords(since, today)}`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** Whatever the state is: the service leaves the others alone. */
const statesOf = (action: Operation['action'], accepted: boolean): string =>
  action === 'discard'
    ? 'owed, dead or rejected'
    : accepted
      ? 'dead, rejected or accepted'
      : 'dead or rejected';

/** @param since a time, or a duration back */
const sinceWords = (since: string, today: Date): string =>
  /^\d{4}-/.test(since) ? `since ${clockTime(new Date(since), today)}` : `in the last ${since}`;

/** The backends that an operation waits for, each with why if that is known. */
export const waitedFor = (backends: readonly string[], lanes: LaneList | undefined): string =>
  backends
    .map((backend) => {
      const state = lanes?.backends.find((lane) => lane.backend === backend)?.state ?? 'down or paused';
      return `${backendName(backend)}${state === 'up' ? '' : ` (${state})`}`;
    })
    .join(', ');

import { printable } from '../../model/printable.js';
import {
  type AttemptView,
  type DeliveryList,
  type DeliveryView,
  type ForwardSummary,
} from '../delivery-view.js';
import { cell, MAX_CELL, table } from './cells.js';

/** Characters of the last column; the one delivery has it whole. */
const MAX_ERROR = 80;

const HEAD = [
  'ID',
  'TIME',
  'GUID',
  'EVENT',
  'REPOSITORY',
  'BACKEND',
  'STATE',
  'STATUS',
  'ATTEMPTS',
  'LAST ERROR',
];

/** A line for each backend; what is the same as in the line above is left out. */
export function listTable({ deliveries, next }: DeliveryList): string {
  const rows = deliveries.flatMap(({ id, receivedAt, guid, event, repository, forwards }) => {
    const first = [id, receivedAt, guid, event, repository].map(cell);
    const backends = forwards.length === 0 ? [[]] : forwards.map(forwardCells);
    return backends.map((cells, line) => [...(line === 0 ? first : first.map(() => '')), ...cells]);
  });
  return (
    (rows.length === 0 ? 'no deliveries\n' : table([HEAD, ...rows])) +
    (next === null ? '' : 'There are more: raise --limit, or filter.\n')
  );
}

/** One delivery, and a line for every attempt that is kept. */
export function deliveryTable(delivery: DeliveryView): string {
  const { id, receivedAt, guid, event, repository, requestId, payloadBytes, payloadKept } = delivery;
  const fields = table([
    ['ID', id],
    ['TIME', receivedAt],
    ['GUID', cell(guid)],
    ['EVENT', cell(event)],
    ['REPOSITORY', cell(repository)],
    ['REQUEST ID', cell(requestId)],
    ['PAYLOAD', `${payloadBytes} bytes, ${payloadKept ? 'kept' : 'no longer kept'}`],
  ]);
  const forwards = delivery.forwards.map(({ attempts, ...forward }) => {
    const { backend, state, attemptCount, reason, runningSince } = forward;
    const title = [
      `${cell(backend)}: ${state}, ${attemptCount} ${attemptCount === 1 ? 'attempt' : 'attempts'}`,
      ...(reason === undefined ? [] : [`  ${cell(reason)}`]),
      ...(runningSince === undefined ? [] : [`  an attempt is running since ${runningSince}`]),
    ].join('\n');
    const lines = attempts.map((attempt) => [
      `  ${attempt.at}`,
      attempt.outcome,
      cell(attempt.status),
      `${attempt.durationMs} ms`,
      printable(attempt.error ?? attempt.answer ?? '', MAX_CELL),
    ]);
    return `\n${title}\n${table(lines)}`;
  });
  return fields + forwards.join('');
}

function forwardCells({ backend, state, reason, attemptCount, runningSince, lastAttempt }: ForwardSummary) {
  const status = runningSince === undefined ? cell(lastAttempt?.status) : 'running';
  const error = [reason, errorOf(lastAttempt)].filter((text) => text !== undefined).join('; ');
  return [cell(backend), state, status, String(attemptCount), printable(error, MAX_ERROR)];
}

const errorOf = (attempt: AttemptView | undefined): string | undefined => attempt?.error ?? attempt?.answer;

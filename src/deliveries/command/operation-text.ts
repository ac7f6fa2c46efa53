import { printable } from '../../model/printable.js';
import { type Count, type OperationView } from '../operations/operation.js';
import { cell, table } from './cells.js';

const MAX_ERROR = 200;

const HEAD = ['ID', 'STARTED', 'ACTION', 'STATE', 'USER', 'DONE', 'OUTCOMES', 'FILTERS', 'WAITING FOR'];

export const countOf = ({ deliveries, forwards }: Count): string =>
  `${counted(forwards, 'forward')} of ${counted(deliveries, 'delivery', 'deliveries')}`;

/** What has become of one that has ended. */
export function endOf({ id, state, done, total, outcomes, error, cancelledBy }: OperationView): string {
  const by = cancelledBy === undefined ? '' : ` by ${printable(cancelledBy, MAX_ERROR)}`;
  const why = error === undefined ? '' : `: ${printable(error, MAX_ERROR)}`;
  const what = outcomesOf(outcomes);
  return `operation ${id} ${state}${by}${why}: ${done} of ${counted(total.forwards, 'forward')}${what === '' ? '' : `: ${what}`}`;
}

/** A line for each. */
export function operationTable(operations: readonly OperationView[]): string {
  const rows = operations.map((operation) => {
    const { id, startedAt, action, state, user, done, total, outcomes, filters, waitingFor = [] } = operation;
    const accepted = operation.accepted ? { accepted: true } : {};
    const asked = Object.entries({ ...filters, ...accepted }).map(([name, value]) => `${name}=${value}`);
    const cells = [id, startedAt, action, state, user, `${done}/${total.forwards}`];
    return [...cells, outcomesOf(outcomes), asked.join(' '), waitingFor.join(' ')].map(cell);
  });
  return rows.length === 0 ? 'no operations\n' : table([HEAD, ...rows]);
}

const outcomesOf = (outcomes: OperationView['outcomes']): string =>
  Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

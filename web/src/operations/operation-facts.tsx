import { type LaneList, type Operation } from '../api/types.js';
import { Time } from '../ui/time.js';
import { count } from '../ui/words.js';
import { waitedFor } from './operation-words.js';

interface OperationFactsProps {
  readonly operation: Operation;
  readonly lanes: LaneList | undefined;
}

/** How far an operation is, what came of it, when and by whom. */
export function OperationFacts({ operation, lanes }: OperationFactsProps) {
  const { done, total, startedAt, endedAt, user, error, waitingFor = [], cancelledBy } = operation;
  return (
    <>
      {done.toLocaleString('en-US')} of {count(total.forwards, 'forward')}
      {outcomesOf(operation)}, {endedAt === undefined ? 'since' : 'from'} <Time at={startedAt} />
      {endedAt !== undefined && (
        <>
          {' '}
          to <Time at={endedAt} />
        </>
      )}
      {user !== undefined && ` by ${user}`}
      {cancelledBy !== undefined && `, cancelled by ${cancelledBy}`}
      {waitingFor.length > 0 && <span class="outside">{`, waits for ${waitedFor(waitingFor, lanes)}`}</span>}
      {error !== undefined && <span class="outside">{`: ${error}`}</span>}
    </>
  );
}

function outcomesOf({ outcomes }: Operation): string {
  const known = Object.entries(outcomes).filter(([, value]) => value > 0);
  return known.length === 0
    ? ''
    : ` (${known.map(([name, value]) => `${value.toLocaleString('en-US')} ${name}`).join(', ')})`;
}

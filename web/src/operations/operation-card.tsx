import { act } from '../api/request.js';
import { type Operation } from '../api/types.js';
import { FailureNotice } from '../ui/notice.js';
import { State } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { useAction } from '../ui/use-action.js';
import { backendName, count, filterWords } from '../ui/words.js';

interface OperationCardProps {
  readonly operation: Operation;
  readonly onChange: () => void;
  readonly onDismiss: () => void;
}

/** An operation: how far it is, what came of it, and a way to stop it. */
export function OperationCard({ operation, onChange, onDismiss }: OperationCardProps) {
  const { id, state, done, total, startedAt, user, error, waitingFor = [], cancelledBy } = operation;
  const cancelling = useAction();
  const cancel = () => {
    cancelling.run(async () => {
      await act('DELETE', `/deliveries/operations/${encodeURIComponent(id)}`);
      onChange();
    });
  };
  const summary = summaryOf(operation);
  return (
    <article class="card operation" aria-label={summary}>
      <p>
        <State state={state} /> <span class="outside">{summary}</span>
      </p>
      <progress value={done} max={Math.max(total.forwards, done, 1)} aria-label={`Progress: ${summary}`} />
      <p class="operation-count">
        {done.toLocaleString('en-US')} of {count(total.forwards, 'forward')}
        {outcomesOf(operation)}, since <Time at={startedAt} />
        {user !== undefined && ` by ${user}`}
        {cancelledBy !== undefined && `, cancelled by ${cancelledBy}`}
        {waitingFor.length > 0 && (
          <span class="outside">{`, waits for ${waitingFor.map(backendName).join(', ')}: down or paused`}</span>
        )}
        {error !== undefined && <span class="outside">{`: ${error}`}</span>}
      </p>
      <div class="buttons">
        {state === 'running' ? (
          <button type="button" onClick={cancel} disabled={cancelling.busy}>
            Cancel
          </button>
        ) : (
          <button type="button" onClick={onDismiss}>
            Dismiss
          </button>
        )}
      </div>
      {cancelling.failure !== undefined && <FailureNotice failure={cancelling.failure} />}
    </article>
  );
}

export const summaryOf = ({ action, filters }: Operation): string =>
  `${action === 'resend' ? 'Sending again' : 'Discarding'} ${filterWords(filters)}`;

function outcomesOf({ outcomes }: Operation): string {
  const known = Object.entries(outcomes).filter(([, value]) => value > 0);
  return known.length === 0
    ? ''
    : ` (${known.map(([name, value]) => `${value.toLocaleString('en-US')} ${name}`).join(', ')})`;
}

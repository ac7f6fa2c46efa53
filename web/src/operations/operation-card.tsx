import { act } from '../api/request.js';
import { type LaneList, type Operation } from '../api/types.js';
import { FailureNotice } from '../ui/notice.js';
import { State } from '../ui/state.js';
import { useAction } from '../ui/use-action.js';
import { OperationFacts } from './operation-facts.js';
import { summaryOf } from './operation-words.js';

interface OperationCardProps {
  readonly operation: Operation;
  readonly lanes: LaneList | undefined;
  readonly onChange: () => void;
}

/** An operation that runs: how far it is, and a way to stop it. */
export function OperationCard({ operation, lanes, onChange }: OperationCardProps) {
  const { id, state, done, total } = operation;
  const cancelling = useAction();
  const cancel = () => {
    cancelling.run(async () => {
      await act('DELETE', `/deliveries/operations/${encodeURIComponent(id)}`);
      onChange();
    });
  };
  const summary = summaryOf(operation);
  return (
    <article class="card" aria-label={summary}>
      <p>
        <State state={state} /> <span class="outside">{summary}</span>
      </p>
      <progress value={done} max={Math.max(total.forwards, done, 1)} aria-label={`Progress: ${summary}`} />
      <p>
        <OperationFacts operation={operation} lanes={lanes} />
      </p>
      <div class="buttons">
        <button type="button" onClick={cancel} disabled={cancelling.busy}>
          Cancel
        </button>
      </div>
      {cancelling.failure !== undefined && <FailureNotice failure={cancelling.failure} />}
    </article>
  );
}

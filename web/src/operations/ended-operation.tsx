import { type Operation } from '../api/types.js';
import { State } from '../ui/state.js';
import { OperationFacts } from './operation-facts.js';
import { summaryOf } from './operation-words.js';

interface EndedOperationProps {
  readonly operation: Operation;
  readonly onDismiss: () => void;
}

/** An operation that has ended, in a line: what came of it. */
export function EndedOperation({ operation, onDismiss }: EndedOperationProps) {
  const summary = summaryOf(operation);
  return (
    <article class="card ended" aria-label={summary}>
      <p>
        <State state={operation.state} /> <span class="outside">{summary}</span>:{' '}
        <OperationFacts operation={operation} lanes={undefined} />
      </p>
      <button type="button" onClick={onDismiss}>
        Dismiss
      </button>
    </article>
  );
}

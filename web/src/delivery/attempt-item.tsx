import { type AttemptView } from '../api/types.js';
import { State } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { milliseconds } from '../ui/time-words.js';

interface AttemptItemProps {
  readonly attempt: AttemptView;
  /** Its answer stands there without being asked for. */
  readonly isLast: boolean;
}

/** One attempt: what came of it, and what the backend said. */
export function AttemptItem({ attempt, isLast }: AttemptItemProps) {
  const { at, outcome, durationMs, status, error, answer } = attempt;
  return (
    <li>
      <p>
        <Time at={at} /> <State state={outcome} /> {status === undefined ? 'no answer' : `answered ${status}`}{' '}
        after {milliseconds(durationMs)}
        {error !== undefined && <span class="outside">{`: ${error}`}</span>}
      </p>
      {answer !== undefined && answer !== '' && (
        <details open={isLast}>
          <summary>What it said</summary>
          <pre class="outside">{answer}</pre>
        </details>
      )}
    </li>
  );
}

import { type DeliverySummary } from '../api/types.js';
import { Link } from '../ui/link.js';
import { memo } from '../ui/memo.js';
import { State } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { backendName } from '../ui/words.js';

interface DeliveryRowProps {
  readonly delivery: DeliverySummary;
  readonly gone: boolean;
}

/** A delivery, and how it stands with each backend. */
export const DeliveryRow = memo(({ delivery, gone }: DeliveryRowProps) => {
  const { id, receivedAt, event, repository, guid, forwards } = delivery;
  return (
    <li class={gone ? 'gone' : undefined}>
      <Link to={{ view: 'delivery', id }} class="row">
        <span class="row-what">
          <Time at={receivedAt} /> <strong class="outside">{event ?? 'no event'}</strong>{' '}
          <span class="outside">{repository ?? 'no repository'}</span>
        </span>{' '}
        <span class="outside guid">{guid ?? 'no GUID'}</span>{' '}
        <span class="strip">
          {forwards.length === 0 && <span class="state">no backend</span>}
          {forwards.map(({ backend, state }) => (
            <State key={backend} state={state} of={backendName(backend)} />
          ))}
          {gone && <em>not in this list any more</em>}
        </span>
      </Link>
    </li>
  );
});

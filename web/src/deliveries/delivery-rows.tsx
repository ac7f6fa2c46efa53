import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { scrollLeftAt } from '../address.js';
import { useStore } from '../use-store.js';
import { Time } from '../ui/time.js';
import { DeliveryRow } from './delivery-row.js';
import { type List } from './list.js';
import { useHeldPlace } from './use-held-place.js';

/** Further down is fetched before somebody gets there. */
const AHEAD = '600px';

export function DeliveryRows({ list }: { readonly list: List }) {
  const { rows, next, known, loading, asks } = useStore(list.state);
  const element = useRef<HTMLUListElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useHeldPlace(list, element);
  useLayoutEffect(() => {
    if (rows.length > 0) scrollTo(0, scrollLeftAt());
  }, [list]);
  useEffect(() => {
    if (end.current === null) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) void list.more();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => {
      observer.disconnect();
    };
    // It speaks up again when what has come was not enough.
  }, [list, next, known]);
  return (
    <>
      <ul class="rows" ref={element} aria-label="Deliveries, newest first">
        {rows.map(({ delivery, gone }) => (
          <DeliveryRow key={delivery.id} delivery={delivery} gone={gone} />
        ))}
      </ul>
      <div ref={end} class="end">
        {next !== null && (
          <button type="button" disabled={loading} onClick={() => void list.more(true)}>
            {loading ? 'Loading …' : 'Show older ones'}
          </button>
        )}
        {asks && next !== null && (
          <p>
            Looked through all since <Time at={Number(next) / 1000} />.
          </p>
        )}
        {known && next === null && rows.length > 0 && <p>These are all.</p>}
      </div>
    </>
  );
}

import { useEffect, useRef } from 'preact/hooks';

import { type Operation } from '../api/types.js';
import { Store } from '../store.js';
import { useStore } from '../use-store.js';
import { announce } from '../ui/announcer.js';
import { OperationCard, summaryOf } from './operation-card.js';
import { type KnownOperations } from './use-operations.js';

/** What ended longer ago is of no interest on its own. */
const SHOWN_MS = 10 * 60_000;

/** Ids of those that somebody has seen enough of. */
const dismissed = new Store<ReadonlySet<string>>(new Set());

/** Those that run, and those that ended just now. */
export function Operations({ operations: { all, refresh } }: { readonly operations: KnownOperations }) {
  const hidden = useStore(dismissed);
  useEnds(all);
  const shown = all.filter(
    ({ id, state, endedAt }) =>
      state === 'running' ||
      (!hidden.has(id) && endedAt !== undefined && Date.now() - Date.parse(endedAt) < SHOWN_MS),
  );
  if (shown.length === 0) return null;
  return (
    <section aria-label="Operations">
      <ul class="cards">
        {shown.map((operation) => (
          <li key={operation.id}>
            <OperationCard
              operation={operation}
              onChange={refresh}
              onDismiss={() => {
                dismissed.set(new Set([...dismissed.value, operation.id]));
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Tells a screen reader what has ended. */
function useEnds(all: readonly Operation[]): void {
  const running = useRef(new Set<string>());
  useEffect(() => {
    const ended = all.filter(({ id, state }) => state !== 'running' && running.current.has(id));
    running.current = new Set(all.flatMap(({ id, state }) => (state === 'running' ? [id] : [])));
    if (ended.length > 0) announce(ended.map((each) => `${summaryOf(each)}: ${each.state}.`).join(' '));
  }, [all]);
}

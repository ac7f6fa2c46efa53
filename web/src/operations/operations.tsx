import { useEffect, useRef } from 'preact/hooks';

import { type LaneList, type Operation } from '../api/types.js';
import { Store } from '../store.js';
import { useStore } from '../use-store.js';
import { announce } from '../ui/announcer.js';
import { EndedOperation } from './ended-operation.js';
import { OperationCard } from './operation-card.js';
import { summaryOf } from './operation-words.js';
import { type KnownOperations } from './use-operations.js';

/** What ended longer ago is of no interest on its own. */
const SHOWN_MS = 10 * 60_000;
/** Of those that have ended, so that they leave room for what the page is about. */
const MAX_ENDED = 3;

/** Ids of those that somebody has seen enough of. */
const dismissed = new Store<ReadonlySet<string>>(new Set());

interface OperationsProps {
  readonly operations: KnownOperations;
  readonly lanes: LaneList | undefined;
}

/** Those that run, and the latest that ended just now. */
export function Operations({ operations: { all, refresh }, lanes }: OperationsProps) {
  const hidden = useStore(dismissed);
  useEnds(all);
  const running = all.filter(({ state }) => state === 'running');
  const ended = all
    .filter(({ endedAt }) => endedAt !== undefined && Date.now() - Date.parse(endedAt) < SHOWN_MS)
    .slice(0, MAX_ENDED)
    .filter(({ id }) => !hidden.has(id));
  if (running.length + ended.length === 0) return null;
  return (
    <section aria-label="Operations">
      <ul class="cards">
        {running.map((operation) => (
          <li key={operation.id}>
            <OperationCard operation={operation} lanes={lanes} onChange={refresh} />
          </li>
        ))}
        {ended.map((operation) => (
          <li key={operation.id}>
            <EndedOperation
              operation={operation}
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

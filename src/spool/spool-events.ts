import { isKept, isRunning } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { type SpoolEvent } from './spool.js';

type Listener = (event: SpoolEvent) => void;

/** What a change is told as. @param before `undefined`: it was not stored */
export function eventsOf(before: StoredDelivery | undefined, after: StoredDelivery): SpoolEvent[] {
  const { delivery, forwards } = after;
  if (!forwards.some(isKept)) return forwards.length === 0 ? [] : [{ kind: 'over', delivery: after }];
  const earlierForwards = new Map(before?.forwards.map((forward) => [forward.backend, forward]));
  return forwards
    .filter((forward) => {
      const earlier = earlierForwards.get(forward.backend);
      if (forward.state !== 'owed' || earlier?.state === 'owed') return false;
      // Whoever has begun with it sees to it.
      return !isRunning(forward) || (earlier !== undefined && isRunning(earlier));
    })
    .map(({ backend }) => ({ kind: 'owed', backend, id: delivery.id }));
}

/** Who watches a spool. */
export class SpoolListeners {
  readonly #listeners = new Set<Listener>();

  /** @returns ends it */
  add(listener: Listener): () => void {
    // One that watches twice hears twice.
    const own: Listener = (event) => {
      listener(event);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** What is told has come about, whatever a listener makes of it. */
  tell(events: readonly SpoolEvent[]): void {
    for (const event of events) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(event);
        } catch (error) {
          process.emitWarning(`a listener of the spool failed: ${String(error)}`);
        }
      }
    }
  }
}

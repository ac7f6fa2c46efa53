import { Store } from '../store.js';
import { useStore } from '../use-store.js';

const said = new Store('');

/** Has a screen reader say it when it is done with what it says. */
export function announce(text: string): void {
  // The same once more is no change.
  said.set(said.value === text ? `${text}\u00a0` : text);
}

export function Announcer() {
  return (
    <p role="status" class="unseen">
      {useStore(said)}
    </p>
  );
}

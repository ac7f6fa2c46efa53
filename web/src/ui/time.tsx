import { Store } from '../store.js';
import { useStore } from '../use-store.js';
import { ago, clockTime, exactTime } from './time-words.js';

/** ms since the epoch, each second. */
const now = new Store(Date.now());
setInterval(() => {
  if (!document.hidden) now.set(Date.now());
}, 1000);

interface TimeProps {
  /** RFC 3339, or ms since the epoch. */
  readonly at: string | number;
}

/** The time of day, with the date where that is another. */
export function Time({ at }: TimeProps) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={exactTime(date)}>
      {clockTime(date, new Date())}
    </time>
  );
}

/** How long ago, as it becomes longer. */
export function Ago({ at }: TimeProps) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={exactTime(date)}>
      {ago(useStore(now) - date.getTime())}
    </time>
  );
}

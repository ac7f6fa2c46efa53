const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @param ms since then; clocks may differ by some */
export const ago = (ms: number): string => (ms < SECOND_MS ? 'just now' : `${lengthOf(ms)} ago`);

/** In its largest unit, as `3 h`. */
export function lengthOf(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} days`;
}

export const milliseconds = (ms: number): string =>
  ms < 10
    ? `${ms.toFixed(1)} ms`
    : ms < 10 * SECOND_MS
      ? `${Math.round(ms)} ms`
      : `${(ms / SECOND_MS).toFixed(1)} s`;

export function clockTime(date: Date, today: Date): string {
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  return date.toDateString() === today.toDateString() ? time : `${dayOf(date)} ${time}`;
}

export const exactTime = (date: Date): string => date.toISOString();

/** The browser's time zone at a time, as `CET (UTC+1)`. */
export function zoneOf(date: Date): string {
  const offset = offsetOf(-date.getTimezoneOffset());
  const name = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return name === undefined || /^(UTC|GMT)/.test(name) ? offset : `${name} (${offset})`;
}

/** @param minutes ahead of UTC */
export function offsetOf(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const ahead = Math.abs(minutes);
  const rest = ahead % 60;
  const sign = minutes < 0 ? '-' : '+';
  return `UTC${sign}${Math.floor(ahead / 60)}${rest === 0 ? '' : `:${twoDigits(rest)}`}`;
}

const dayOf = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');

const twoDigits = (value: number): string => String(value).padStart(2, '0');

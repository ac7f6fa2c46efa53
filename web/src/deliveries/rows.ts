import { type DeliverySummary } from '../api/types.js';

/** A delivery in a list. */
export interface Row {
  readonly delivery: DeliverySummary;
  /** It is not what the list is about any more: it has changed, or been forgotten. */
  readonly gone: boolean;
}

/** What the service said of the deliveries between two ids. */
export interface Page {
  readonly deliveries: readonly DeliverySummary[];
  /** The oldest id that it is about; 0: there are none below. */
  readonly from: number;
  /** It is about those below this id. */
  readonly below: number;
}

export const idOf = ({ id }: DeliverySummary): number => Number(id);

/** The id of the newest. */
export const newestOf = (rows: readonly Row[]): number =>
  rows[0] === undefined ? 0 : idOf(rows[0].delivery);

/**
 * The rows with what a page says: what it no longer has stays, and says so, since a list from which lines vanish cannot be
 * read. Newest first.
 */
export function merged(rows: readonly Row[], { deliveries, from, below }: Page): Row[] {
  const byId = new Map(rows.map((row) => [idOf(row.delivery), row]));
  for (const [id, row] of byId) if (id >= from && id < below) byId.set(id, { ...row, gone: true });
  for (const delivery of deliveries) byId.set(idOf(delivery), { delivery, gone: false });
  return [...byId.entries()].sort(([a], [b]) => b - a).map(([, row]) => row);
}

import { BackendFilter } from '../model/backend-filter.js';
import { KEPT_FOR_GOOD } from './notes.js';
import { type Spool } from './spool.js';

/** The note with the filters of registered backends. Beside their URLs, since these are all that older programs read. */
export const BACKEND_FILTERS = 'backend-filters';

type Notes = Pick<Spool, 'noted' | 'note'>;

/** Filters of registered backends, by their keys; there may be some of backends that are registered no more. */
export async function filtersIn(notes: Notes): Promise<ReadonlyMap<string, BackendFilter>> {
  return parseFilters(await textIn(notes));
}

/** @param text of the note; whatever in it is no filter leaves nothing out */
export function parseFilters(text: string | undefined): ReadonlyMap<string, BackendFilter> {
  const lists = Object.entries(text === undefined ? {} : (JSON.parse(text) as Record<string, object>));
  const filters = new Map<string, BackendFilter>();
  for (const [key, given] of lists) {
    const filter = BackendFilter.of(given);
    if (filter instanceof BackendFilter) filters.set(key, filter);
  }
  return filters;
}

/**
 * Keeps the filter of a backend in place of the one before; `undefined`: it has none.
 * @throws SprayproxyError `spool-failed`, `spool-unsure`
 */
export async function keepFilter(
  notes: Notes,
  key: string,
  filter: BackendFilter | undefined,
): Promise<void> {
  for (;;) {
    const before = await textIn(notes);
    const filters = new Map(parseFilters(before));
    if (BackendFilter.same(filters.get(key), filter)) return;
    if (filter === undefined) filters.delete(key);
    else filters.set(key, filter);
    const text = JSON.stringify(Object.fromEntries([...filters].map(([of, { lists }]) => [of, lists])));
    if (await notes.note({ name: BACKEND_FILTERS, text, at: KEPT_FOR_GOOD }, before)) return;
  }
}

const textIn = async (notes: Notes): Promise<string | undefined> =>
  (await notes.noted([BACKEND_FILTERS])).get(BACKEND_FILTERS);

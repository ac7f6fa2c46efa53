import { type BackendList as Answer } from '../backends/backends.controller.js';
import { type BackendList, NO_BACKENDS } from '../config/backend-list.js';
import { BackendFilter } from '../model/backend-filter.js';
import { toBackends } from '../model/to-backends.js';
import { parseFilters } from '../spool/backend-filters.js';
import { httpGet } from './http-get.js';
import { type ListeningService } from './port.check.js';

/** What a spool has of registered backends. */
export interface KeptBackends {
  readonly registeredBackends: readonly string[];
  /** The note with their filters. */
  readonly backendFilters?: string | undefined;
}

export const backendsIn = ({ registeredBackends, backendFilters }: KeptBackends): BackendList => ({
  urls: registeredBackends,
  filters: parseFilters(backendFilters),
});

/** The backends that a running service has, as `/backends` tells them; none if it does not. */
export async function askForBackends(service: ListeningService, signal: AbortSignal): Promise<BackendList> {
  try {
    const headers = { Accept: 'application/json' };
    const { text } = await httpGet({
      path: '/backends',
      headers,
      signal,
      to: { protocol: 'http:', ...service },
    });
    const { backends } = JSON.parse(text) as Answer;
    const filters = new Map<string, BackendFilter>();
    for (const { url, ...lists } of backends) {
      const [backend] = toBackends([url], 'registered');
      const filter = BackendFilter.of(lists);
      if (backend !== undefined && filter instanceof BackendFilter) filters.set(backend.key, filter);
    }
    return { urls: backends.map(({ url }) => url), filters };
  } catch {
    return NO_BACKENDS;
  }
}

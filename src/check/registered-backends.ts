import { type BackendList } from '../backends/backends.controller.js';
import { httpGet } from './http-get.js';
import { type ListeningService } from './port.check.js';

/** URLs of the backends that a running service has, as `/backends` tells them; none if it does not. */
export async function askForBackends(
  service: ListeningService,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const headers = { Accept: 'application/json' };
    const { text } = await httpGet({
      path: '/backends',
      headers,
      signal,
      to: { protocol: 'http:', ...service },
    });
    return (JSON.parse(text) as BackendList).backends.map(({ url }) => url);
  } catch {
    return [];
  }
}

import { Backend, type BackendOrigin } from './backend.js';
import { parseBackendUrl } from './backend-url.js';

/** The backends at those among `urls` that a backend can have. */
export const toBackends = (urls: readonly string[], origin: BackendOrigin): Backend[] =>
  urls
    .map(parseBackendUrl)
    .filter((url) => url instanceof URL)
    .map((url) => new Backend(url, origin));

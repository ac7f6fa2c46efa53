import { SprayproxyError } from '../model/sprayproxy-error.js';
import { Backend } from '../model/backend.js';
import { parseBackendUrl } from '../model/backend-url.js';
import { BackendBodyPipe } from './backend-body.pipe.js';

const bodyPipe = new BackendBodyPipe();

/** @throws SprayproxyError `invalid-backend` */
export function toBackend(text: string): Backend {
  const url = parseBackendUrl(text);
  if (typeof url === 'string') throw new SprayproxyError('invalid-backend', url);
  return new Backend(url, 'registered');
}

/**
 * The backend that a DELETE is about: named by its body, or by `?url=` where a load balancer has dropped the body.
 * @param urls of the query
 * @throws SprayproxyError `invalid-json-body`, `invalid-backend`
 */
export function namedBackend(rawBody: unknown, urls: readonly string[]): Backend {
  const [url] = urls;
  if (url === undefined) return toBackend(bodyPipe.transform(rawBody).url);
  if (urls.length > 1) throw new SprayproxyError('invalid-backend', 'url must be there once');
  const backend = toBackend(url);
  const hasBody = Buffer.isBuffer(rawBody) && rawBody.length > 0;
  if (hasBody && toBackend(bodyPipe.transform(rawBody).url).key !== backend.key) {
    throw new SprayproxyError('invalid-backend', 'url must be the same in the query and in the body');
  }
  return backend;
}

import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';

/** What is taken over from a client: nothing that could break out of a log line or a header. */
const SANE = /^[\w.:/+=@-]{1,128}$/;

const requestIds = new WeakMap<IncomingMessage, string>();

export const requestIdOf = (request: IncomingMessage): string | undefined => requestIds.get(request);

/** Gives each request an id, the client's own `X-Request-Id` if it is sane, and says it in the answer. */
export function assignRequestId(request: IncomingMessage, response: ServerResponse): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && SANE.test(given) ? given : randomUUID();
  requestIds.set(request, id);
  response.setHeader('X-Request-Id', id);
}

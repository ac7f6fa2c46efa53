import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';

/** What is taken over from a client: nothing that could break out of a log line or a header. */
const SANE = /^[\w.:/+=@-]{1,128}$/;

const REQUEST_ID = Symbol('request id');

interface IdentifiedRequest extends IncomingMessage {
  [REQUEST_ID]?: string;
}

export const requestIdOf = (request: IdentifiedRequest): string | undefined => request[REQUEST_ID];

/** Gives each request an id, the client's own `X-Request-Id` if it is sane, and says it in the answer. */
export function assignRequestId(request: IdentifiedRequest, response: ServerResponse): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && SANE.test(given) ? given : randomUUID();
  request[REQUEST_ID] = id;
  response.setHeader('X-Request-Id', id);
}

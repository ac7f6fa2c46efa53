import { type NextFunction, type Request, type Response } from 'express';
import { randomUUID } from 'node:crypto';

/** What is taken over from a client: nothing that could break out of a log line or a header. */
const SANE = /^[\w.:/+=@-]{1,128}$/;

const requestIds = new WeakMap<Request, string>();

export const requestIdOf = (request: Request): string | undefined => requestIds.get(request);

/** Gives each request an id, the client's own `X-Request-Id` if it is sane, and says it in the answer. */
export function assignRequestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && SANE.test(given) ? given : randomUUID();
  requestIds.set(request, id);
  response.setHeader('X-Request-Id', id);
  next();
}

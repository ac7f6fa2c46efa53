import { NotFoundException } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';
import { type IncomingMessage } from 'node:http';

const UNSERVED = Symbol('unserved');

interface MarkedRequest extends IncomingMessage {
  [UNSERVED]?: boolean;
}

/** Nothing is served there to who comes by the listener that the request came by. */
export function markUnserved(request: MarkedRequest): void {
  request[UNSERVED] = true;
}

/** Answers as any unknown path is; a request's target has no fragment either, and Express would serve what stands before it. */
export function rejectUnserved(
  request: Request & MarkedRequest,
  _response: Response,
  next: NextFunction,
): void {
  const isUnserved = request[UNSERVED] === true || request.originalUrl.includes('#');
  next(isUnserved ? new NotFoundException() : undefined);
}

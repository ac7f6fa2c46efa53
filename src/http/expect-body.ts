import { type NextFunction, type Request, type Response } from 'express';

import { sendContinue } from './send-continue.js';

/** The bytes are JSON as they come, whatever the headers say of them. */
export function expectBody(request: Request, response: Response, next: NextFunction): void {
  delete request.headers['content-encoding'];
  sendContinue(request, response);
  next();
}

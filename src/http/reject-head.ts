import { NotFoundException } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';

/** Express answers HEAD wherever it answers GET; here it is a method like any other that nobody serves. */
export function rejectHead(request: Request, _response: Response, next: NextFunction): void {
  next(request.method === 'HEAD' ? new NotFoundException() : undefined);
}

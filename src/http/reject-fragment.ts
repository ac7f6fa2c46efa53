import { NotFoundException } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';

/** A request's target has no fragment; Express would serve what stands before it. */
export function rejectFragment(request: Request, _response: Response, next: NextFunction): void {
  next(request.originalUrl.includes('#') ? new NotFoundException() : undefined);
}

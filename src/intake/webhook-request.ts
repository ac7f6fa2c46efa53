import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';

import { type PendingSignature } from './signature.js';
import { type VerifiedPayload } from './verified-payload.js';

export const SIGNATURE = Symbol('signature');
export const PAYLOAD = Symbol('payload');

/** What the guard and the interceptor leave on a request, each for the next one. */
export interface WebhookRequest extends Request {
  [SIGNATURE]?: PendingSignature;
  [PAYLOAD]?: VerifiedPayload;
}

export const webhookRequest = (context: ExecutionContext): WebhookRequest =>
  context.switchToHttp().getRequest<WebhookRequest>();

/** Hands a handler the verified payload; a route without the guard or the interceptor gets an error instead. */
export const Payload = createParamDecorator((_data: unknown, context: ExecutionContext): VerifiedPayload => {
  const payload = webhookRequest(context)[PAYLOAD];
  if (payload === undefined) throw new Error('the route lacks PayloadSizeInterceptor');
  return payload;
});

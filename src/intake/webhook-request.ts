import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';

import { type PendingSignature } from '../secrets/signature.js';
import { type VerifiedPayload } from './verified-payload.js';

export const SIGNATURE = Symbol('signature');
export const PAYLOAD = Symbol('payload');
export const ARRIVED_AT = Symbol('arrived at');

/** What the guard and the interceptor leave on a request, each for the next one. */
export interface WebhookRequest extends IncomingMessage {
  [SIGNATURE]?: PendingSignature;
  [PAYLOAD]?: VerifiedPayload;
  /** Ms of the monotonic clock. */
  [ARRIVED_AT]?: number;
}

export const webhookRequest = (context: ExecutionContext): WebhookRequest =>
  context.switchToHttp().getRequest<WebhookRequest>();

/** Hands a handler the verified payload; a route without the guard or the interceptor gets an error instead. */
export const Verified = createParamDecorator((_data: unknown, context: ExecutionContext): VerifiedPayload => {
  const payload = webhookRequest(context)[PAYLOAD];
  if (payload === undefined) throw new Error('the route lacks PayloadSizeInterceptor');
  return payload;
});

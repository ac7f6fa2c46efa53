import { type ExecutionContext } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';

import { type PendingSignature } from '../secrets/signature.js';
import { type VerifiedPayload } from './verified-payload.js';

export const SIGNATURE = Symbol('signature');
export const PAYLOAD = Symbol('payload');
export const ARRIVED_AT = Symbol('arrived at');

/** What the guard and the interceptor leave on a request, each for the next one. */
export interface WebhookRequest extends IncomingMessage {
  [SIGNATURE]?: PendingSignature;
  [PAYLOAD]?: VerifiedPayload | undefined;
  /** Ms of the monotonic clock. */
  [ARRIVED_AT]?: number;
}

export const webhookRequest = (context: ExecutionContext): WebhookRequest =>
  context.switchToHttp().getRequest<WebhookRequest>();

/** The payload that the interceptor has left. @throws Error on a route without it */
export function verifiedPayload(request: WebhookRequest): VerifiedPayload {
  const payload = request[PAYLOAD];
  if (payload === undefined) throw new Error('the route lacks PayloadSizeInterceptor');
  return payload;
}

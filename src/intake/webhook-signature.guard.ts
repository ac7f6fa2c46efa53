import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { ANY_SIGNATURE, HmacSignature, parseSignature } from '../secrets/signature.js';
import { SIGNATURE, webhookRequest } from './webhook-request.js';
import { WebhookSecrets } from '../secrets/webhook-secrets.js';

/**
 * Refuses a webhook without a well-formed signature before one byte of its payload is read, and opens the HMAC.
 * Whether the signature is right shows when the payload has been read: guards run before interceptors.
 */
@Injectable()
export class WebhookSignatureGuard implements CanActivate {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly secrets: WebhookSecrets,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = webhookRequest(context);
    if (this.config.skipWebhookVerify) {
      request[SIGNATURE] = ANY_SIGNATURE;
      return true;
    }
    const expected = parseSignature(request.headers['x-hub-signature-256']);
    if (expected === undefined) {
      throw new SprayproxyError('signature', 'X-Hub-Signature-256 is missing or malformed');
    }
    request[SIGNATURE] = new HmacSignature(this.secrets.keys, expected);
    return true;
  }
}

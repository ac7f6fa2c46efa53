import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter } from 'prom-client';

import { Logger } from '../../logging/logger.js';
import { FORWARDS_SIGNED_ANEW } from '../../metrics/names.js';
import { type Backend } from '../../model/backend.js';
import { type Payload } from '../../model/payload.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { WebhookSecrets } from '../../secrets/webhook-secrets.js';

/**
 * Signs anew what was kept while the secret was rotated. With a signature that its secret no longer makes, a backend would
 * answer 202 and drop it: it checks signatures only then.
 */
@Injectable()
export class Signer {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly logger: Logger,
    @InjectMetric(FORWARDS_SIGNED_ANEW) private readonly signedAnew: Counter,
  ) {}

  /** The headers to send now: those that came, but for a signature that fits none of today's secrets. */
  headersOf({ delivery }: StoredDelivery, payload: Payload, backend: Backend): readonly string[] {
    const { id, guid, event, rawHeaders } = delivery;
    const signature = headerOf(rawHeaders, 'x-hub-signature-256');
    // What came without one was let in without one.
    if (signature === undefined || this.secrets.signs(payload.bytes, signature)) return rawHeaders;
    const signed = this.secrets.headersFor(payload.bytes);
    if (signed === undefined) return rawHeaders;
    this.signedAnew.inc();
    this.logger.info(
      { deliveryId: id, delivery: guid, event, host: backend.host },
      'owed forward signed anew: its signature fits none of the secrets',
    );
    return withHeaders(rawHeaders, { ...signed });
  }
}

function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** Each in the place of the one that is there, or behind the others. */
function withHeaders(rawHeaders: readonly string[], headers: Readonly<Record<string, string>>): string[] {
  const missing = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [name, value]]),
  );
  const result: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const replacement = missing.get(name.toLowerCase());
    missing.delete(name.toLowerCase());
    result.push(name, replacement?.[1] ?? (rawHeaders[at + 1] as string));
  }
  return [...result, ...[...missing.values()].flat()];
}

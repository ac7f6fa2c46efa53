import { createHmac } from 'node:crypto';

/**
 * The headers of a webhook of a GitHub App.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 */
export function signedHeaders(webhook: {
  readonly event: string;
  readonly guid: string;
  readonly payload: Buffer | string;
  readonly secret: string;
}): Record<string, string> {
  const hmac = (algorithm: 'sha1' | 'sha256') =>
    `${algorithm}=${createHmac(algorithm, webhook.secret).update(webhook.payload).digest('hex')}`;
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/044aadd',
    'X-GitHub-Delivery': webhook.guid,
    'X-GitHub-Event': webhook.event,
    'X-GitHub-Hook-ID': '292430182',
    'X-GitHub-Hook-Installation-Target-ID': '79929',
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature': hmac('sha1'),
    'X-Hub-Signature-256': hmac('sha256'),
  };
}

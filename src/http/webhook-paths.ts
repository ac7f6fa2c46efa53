import { type IncomingMessage } from 'node:http';

/** Where GitHub may send webhooks: `/proxy` is what the Route of a cluster lets through. */
export const WEBHOOK_PATHS = ['/', '/proxy'] as const;

export const isWebhookPath = (path: unknown): path is string =>
  WEBHOOK_PATHS.some((webhookPath) => webhookPath === path);

const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

const reads = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether a listener that anybody gets at serves it. */
export const isForAnybody = (method: string, path: string): boolean =>
  method === 'POST' ? path === '/proxy' : reads(method) && HEALTH_PATHS.has(path);

/** Whether it asks how the program is, as load balancers do and people in doubt. */
export const isProbe = (method: string, path: string): boolean =>
  reads(method) && (HEALTH_PATHS.has(path) || isWebhookPath(path));

/** What stands before the query; a target may be a whole URL (RFC 9112, 3.2.2). */
export function pathOf({ url = '' }: IncomingMessage): string {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const queryAt = target.indexOf('?');
  return queryAt < 0 ? target : target.slice(0, queryAt);
}

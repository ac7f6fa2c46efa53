/** Where GitHub may send webhooks: `/proxy` is what the Route of a cluster lets through. */
export const WEBHOOK_PATHS = ['/', '/proxy'] as const;

export const isWebhookPath = (path: unknown): path is string =>
  WEBHOOK_PATHS.some((webhookPath) => webhookPath === path);

/** Where probes ask how it is. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Whether a listener that anybody gets at serves it. */
export const isForAnybody = (method: string, path: string): boolean =>
  method === 'POST' ? path === '/proxy' : (method === 'GET' || method === 'HEAD') && HEALTH_PATHS.has(path);

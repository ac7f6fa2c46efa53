/** Where GitHub may send webhooks: `/proxy` is what the Route of a cluster lets through. */
export const WEBHOOK_PATHS = ['/', '/proxy'] as const;

export const isWebhookPath = (path: unknown): path is string =>
  WEBHOOK_PATHS.some((webhookPath) => webhookPath === path);

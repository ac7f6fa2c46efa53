import { type DemoBackend } from './backend.js';
import { sendAll, type SentWebhook, type Webhook } from './github.js';

/** The program tries again within a second: SPRAYPROXY_RETRY_MAX_DELAY. */
const CATCH_UP_TIMEOUT_MS = 10_000;

export interface Outage {
  readonly sent: readonly SentWebhook[];
  /** When the backend listened again, as `performance.now()` tells the time. */
  readonly backAt: number;
  /** Which replica each of them was sent to, where there are more than one. */
  readonly replicas?: readonly string[];
}

/** Sends webhooks while a backend is stopped; then it comes back, and has some time to get what it was owed. */
export async function outage(
  url: string,
  webhooks: readonly Webhook[],
  backend: DemoBackend,
): Promise<Outage> {
  await backend.stop();
  const sent = await sendAll(url, webhooks);
  const caughtUp = backend.hasReceived(webhooks.length, CATCH_UP_TIMEOUT_MS);
  await backend.listen();
  const backAt = performance.now();
  if (sent.every(({ answer }) => answer === '202 accepted')) await caughtUp;
  return { sent, backAt };
}

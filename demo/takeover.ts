import { type DemoBackend } from './backend.js';
import { sendAll, type SentWebhook, type Webhook } from './github.js';
import { type Outage } from './outage.js';
import { type Replicas } from './replicas.js';

/** A replica that was killed is found gone within ten seconds. */
const CATCH_UP_TIMEOUT_MS = 30_000;

export interface Takeover extends Outage {
  readonly replicas: readonly string[];
  /** From the SIGKILL until the backend had all of it. */
  readonly tookOverMs: number;
  /** The one that was rejected, sent once more. */
  readonly redelivered: SentWebhook;
}

/**
 * Sends webhooks to two replicas in turn while a backend is stopped, and another rejects one of them. Then the replica that
 * drains that backend is killed, the backend comes back, and the one that was rejected is sent once more to who is left.
 */
export async function takeover(
  [doomed, survivor]: Replicas,
  webhooks: readonly Webhook[],
  [up, down]: readonly [DemoBackend, DemoBackend],
): Promise<Takeover> {
  const [rejected] = webhooks as [Webhook];
  up.rejectOnce(rejected.guid);
  await down.stop();
  const receivers = webhooks.map((_, at) => (at % 2 === 0 ? doomed : survivor));
  const sent: SentWebhook[] = [];
  for (const [at, webhook] of webhooks.entries()) {
    sent.push(...(await sendAll((receivers[at] ?? survivor).proxy, [webhook])));
  }
  const caughtUp = down.hasReceived(webhooks.length, CATCH_UP_TIMEOUT_MS);
  const killedAt = performance.now();
  await doomed.process.kill();
  await down.listen();
  const backAt = performance.now();
  if (sent.every(({ answer }) => answer === '202 accepted')) await caughtUp;
  const tookOverMs = performance.now() - killedAt;
  const [redelivered] = (await sendAll(survivor.proxy, [rejected])) as [SentWebhook];
  return { sent, backAt, replicas: receivers.map(({ number }) => String(number)), tookOverMs, redelivered };
}

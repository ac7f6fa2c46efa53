import { type ScriptedGithub } from '../testing/github/scripted-github.js';
import { type DemoBackend } from './backend.js';
import { type SentWebhook, type Webhook } from './github.js';
import { type Sprayproxy } from './sprayproxy.js';

/** It asks at once when it starts. */
const RECOVER_TIMEOUT_MS = 10_000;

export interface Recovery {
  /** In the order in which they happened; answered is what GitHub got at its first attempt. */
  readonly sent: readonly SentWebhook[];
  /** How often GitHub was asked for each of them. */
  readonly requests: readonly number[];
  /** When the program was started again, as `performance.now()` tells the time. */
  readonly startedAt: number;
  /** When the backends had all of them, or it was no longer waited for. */
  readonly allBackAt: number;
}

/** Has webhooks happen at GitHub: the first is delivered, the others while the program is killed, which is then started again. */
export async function recover(
  github: ScriptedGithub,
  start: () => Sprayproxy,
  [served, ...missed]: readonly Webhook[],
  backends: readonly DemoBackend[],
): Promise<Recovery> {
  const happen = async (webhook: Webhook): Promise<SentWebhook> => {
    const sentAt = performance.now();
    await github.happen(webhook.payload, webhook.event, webhook.guid);
    const status = github.log.of(webhook.guid)[0]?.status_code;
    return { ...webhook, sentAt, answer: status === 200 ? '200' : 'none' };
  };
  const first = start();
  github.webhookUrl = new URL((await first.urls()).proxy).origin;
  const sent = served === undefined ? [] : [await happen(served)];
  await first.kill();
  for (const webhook of missed) sent.push(await happen(webhook));

  const areBack = backends.map((backend) => backend.hasReceived(missed.length, RECOVER_TIMEOUT_MS));
  const startedAt = performance.now();
  const second = start();
  github.webhookUrl = new URL((await second.urls()).proxy).origin;
  await Promise.race([Promise.all(areBack), second.died]);
  const allBackAt = performance.now();
  const asked = github.redelivered.map((id) => github.log.get(Number(id))?.guid);
  const requests = sent.map(({ guid }) => asked.filter((each) => each === guid).length);
  return { sent, requests, startedAt, allBackAt };
}

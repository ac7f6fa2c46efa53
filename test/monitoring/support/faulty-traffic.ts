import { once } from 'node:events';

import { examples } from '../../../demo/github.js';
import { head, RawConnection } from '../../support/raw-connection.js';
import { githubHeaders, send, sendWebhook } from '../../support/send-webhook.js';
import { type RunningSprayproxy, SECRET } from '../../support/start-sprayproxy.js';

/** Small, so that two who stop before their end take all the room there is. */
export const MAX_REQUEST_BYTES = 1024 * 1024;
export const MAX_INFLIGHT_BYTES = 2 * MAX_REQUEST_BYTES;

const WEBHOOKS = examples(SECRET);

/** Webhooks as GitHub sends them: published examples, `count` of them from `first` on. */
export async function sendGoodWebhooks({ url }: RunningSprayproxy, count: number, first = 0): Promise<void> {
  const chosen = Array.from({ length: count }, (_, n) => WEBHOOKS[(first + n) % WEBHOOKS.length]);
  await Promise.all(
    chosen.map(async (webhook) => webhook && sendWebhook(url, webhook.payload, { event: webhook.event })),
  );
}

/** Webhooks that are turned away at once: wrong signature, too large, sender gone. */
export async function sendBadWebhooks({ url, port }: RunningSprayproxy, count: number): Promise<void> {
  const forged = Array.from({ length: count }, () =>
    sendWebhook(url, '{}', { headers: { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` } }),
  );
  const tooLarge = send(url, {
    method: 'POST',
    path: '/proxy',
    body: Buffer.alloc(MAX_REQUEST_BYTES + 1),
    headers: { ...githubHeaders(''), 'Content-Length': MAX_REQUEST_BYTES + 1 },
  });
  const gone = await stalled(port, 100);
  gone.socket.destroy();
  await Promise.all([...forged, tooLarge]);
}

/** Fills all the room with webhooks that stop before their end: for one more, one of them gives way, and the other times out. */
export async function overload({ url, port }: RunningSprayproxy): Promise<void> {
  const holders = [await stalled(port, MAX_REQUEST_BYTES), await stalled(port, MAX_REQUEST_BYTES)];
  for (const holder of holders) holder.write(Buffer.alloc(MAX_REQUEST_BYTES - 1));
  await Promise.all([sendWebhook(url, '{}'), ...holders.map((holder) => holder.closed)]);
}

/** A webhook of which only the head has come; resolves when its payload is asked for. */
async function stalled(port: number, bytes: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  const asked = once(connection.socket, 'data');
  connection.write(
    head('POST', '/proxy', {
      ...githubHeaders(''),
      'Content-Length': bytes,
      Expect: '100-continue',
    }),
  );
  await asked;
  return connection;
}

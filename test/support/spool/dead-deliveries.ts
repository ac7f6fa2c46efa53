import { bury, type Forward, newForward } from '../../../src/model/forward.js';
import { payloadDigest } from '../../../src/model/identity.js';
import { type Spool } from '../../../src/spool/spool.js';
import { sign } from '../send-webhook.js';

/** Written at once. */
const BATCH = 200;

/** A forward that was given up. @param backend its key */
export const deadForward = (backend: string): Forward => bury(newForward(backend), 'too old');

/** Stores deliveries with these forwards in a spool, as if they had come just now; `guid-0` is the oldest. */
export async function storeDeliveries(spool: Spool, count: number, ...forwards: Forward[]): Promise<void> {
  const payload = Buffer.from('{"repository":{"full_name":"octocat/hello"}}');
  for (let at = 0; at < count; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => {
      const guid = `guid-${at + n}`;
      const rawHeaders = ['X-GitHub-Event', 'push', 'X-GitHub-Delivery', guid];
      const delivery = {
        guid,
        event: 'push',
        repository: 'octocat/hello',
        receivedAt: Date.now(),
        query: '',
        rawHeaders: [...rawHeaders, 'X-Hub-Signature-256', sign(payload)],
        payloadBytes: payload.length,
        payloadDigest: payloadDigest(payload),
      };
      return spool.store({ delivery, forwards }, payload);
    });
    await Promise.all(batch);
  }
}

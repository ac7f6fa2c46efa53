import { randomUUID } from 'node:crypto';

import { newForward } from '../../src/model/forward.js';
import { openSpool } from '../../src/spool/lmdb/open.js';
import { payloadDigest } from '../../src/model/identity.js';

/** Deliveries that are given to the spool at once: they share the flushes to disk. */
const AT_ONCE = 1000;

/** Fills the spool in a directory with deliveries owed to one backend. Arguments: directory, backend, count, bytes. */
async function main([dir = '', backend = '', count, bytes]: string[]): Promise<void> {
  const spool = await openSpool({ dir, maxBytes: Infinity });
  const payload = Buffer.alloc(Number(bytes), 'x');
  const digest = payloadDigest(payload);
  const receivedAt = Date.now();
  const store = () => {
    const guid = randomUUID();
    const rawHeaders = [
      'Content-Type',
      'application/json',
      'X-GitHub-Event',
      'push',
      'X-GitHub-Delivery',
      guid,
    ];
    const about = { guid, event: 'push', receivedAt, query: '', rawHeaders };
    const delivery = { ...about, payloadBytes: payload.length, payloadDigest: digest };
    return spool.store({ delivery, forwards: [newForward(backend)] }, payload);
  };
  for (let stored = 0; stored < Number(count); stored += AT_ONCE) {
    const length = Math.min(AT_ONCE, Number(count) - stored);
    await Promise.all(Array.from({ length }, store));
  }
  await spool.close();
}

void main(process.argv.slice(2));

import { randomUUID } from 'node:crypto';

import { newForward } from '../../src/model/forward.js';
import { payloadDigest } from '../../src/model/identity.js';
import { SystemClock } from '../../src/clock/clock.js';
import { openSpool } from '../../src/spool/lmdb/open.js';
import { openPostgresSpool } from '../../src/spool/postgres/open.js';
import { type Spool } from '../../src/spool/spool.js';

/** Deliveries that are given to the spool at once: they share the flushes to disk, and none waits for long. */
const AT_ONCE = 500;

/** Fills a spool with deliveries owed to one backend. Arguments: SPRAYPROXY_SPOOL_URL, backend, count, bytes. */
async function main([url = '', backend = '', count, bytes]: string[]): Promise<void> {
  const spool = await open(url);
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

function open(url: string): Promise<Spool> {
  const maxBytes = Infinity;
  if (url.startsWith('file:')) return openSpool({ dir: url.slice('file:'.length), maxBytes });
  return openPostgresSpool({
    url,
    maxBytes,
    clock: new SystemClock(),
    maxPastAgeMs: Infinity,
    allowAsyncCommit: false,
    onUnusable: (error) => {
      throw error;
    },
  });
}

void main(process.argv.slice(2));

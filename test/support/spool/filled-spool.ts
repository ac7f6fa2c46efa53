import { createHash } from 'node:crypto';

import { newForward } from '../../../src/model/forward.js';
import { makeTempDir } from '../temp-dir.js';
import { openBuilt } from './open-built.js';

/** A spool with deliveries owed to `http://a` and `http://b`, a third of which are gone again: it has free pages. */
export async function filledSpool(deliveries: number): Promise<string> {
  const dir = makeTempDir();
  const spool = await openBuilt({ dir, maxBytes: 1e9 });
  for (let id = 1; id <= deliveries; id += 1) {
    const payload = Buffer.alloc(500 * id, id);
    const delivery = {
      guid: `guid-${id}`,
      receivedAt: 0,
      query: '',
      rawHeaders: ['X-GitHub-Event', 'push'],
      payloadBytes: payload.length,
      payloadDigest: createHash('sha256').update(payload).digest('base64'),
    };
    await spool.store({ delivery, forwards: ['http://a', 'http://b'].map(newForward) }, payload);
  }
  for (let id = 1; id <= deliveries / 3; id += 1) await spool.discard(id);
  await spool.close();
  return dir;
}

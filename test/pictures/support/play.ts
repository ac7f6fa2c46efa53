import { setTimeout } from 'node:timers/promises';

import { type FaultyRun } from '../../monitoring/support/faulty-run.js';
import { overload, sendBadWebhooks, sendGoodWebhooks } from '../../monitoring/support/faulty-traffic.js';

/** ms from one webhook to the next, at each replica. */
const PAUSE_MS = 250;

/** What happens, in seconds since the start. */
const TROUBLE_AT = 60;
const OVERLOAD_AT = 110;
const RECOVERY_AT = 150;
const END_AT = 240;

/** Four minutes in the life of two replicas: webhooks as ever, then trouble at most backends, then what was owed. */
export async function play({ replicas, backends }: FaultyRun): Promise<void> {
  const sent: Promise<void>[] = [];
  const at = (seconds: number) => (seconds * 1000) / PAUSE_MS;
  for (let tick = 0; tick <= at(END_AT); tick += 1) {
    await setTimeout(PAUSE_MS);
    for (const [index, replica] of replicas.entries()) {
      sent.push(sendGoodWebhooks(replica, 1, tick * replicas.length + index));
      if (tick % at(8) === index * at(4)) sent.push(sendBadWebhooks(replica, 3));
    }
    if (tick === at(TROUBLE_AT)) await backends.begin();
    if (tick === at(OVERLOAD_AT)) sent.push(...replicas.slice(0, 1).map(overload));
    if (tick === at(RECOVERY_AT)) await backends.end();
  }
  await Promise.all(sent);
}

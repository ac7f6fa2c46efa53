import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { type DeliveryList } from '../../../src/deliveries/delivery-view.js';
import { scrape } from '../metrics.js';
import { send } from '../send-webhook.js';
import { type Sprayproxy } from '../start-sprayproxy.js';

/** Why each dead forward is dead, by GUID and URL of the backend. */
export async function deadForwards(url: string): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = cursor === '' ? '' : `&cursor=${cursor}`;
    const reply = await send(url, { method: 'GET', path: `/deliveries?state=dead&limit=500${page}` });
    const list = JSON.parse(reply.text) as DeliveryList;
    for (const { guid = '', forwards } of list.deliveries) {
      for (const { backend, state, reason = '' } of forwards) {
        if (state === 'dead') reasons.set(`${guid} ${backend}`, reason);
      }
    }
    cursor = list.next;
  }
  return reasons;
}

/** Waits until nothing is owed. */
export async function drained(program: Sprayproxy, metricsUrl: string): Promise<void> {
  for (;;) {
    const metrics = await scrape(metricsUrl);
    const owed = [...metrics].filter(([name]) => name.startsWith('sprayproxy_forwards_owed{'));
    if (owed.every(([, count]) => count === 0)) return;
    await Promise.race([once(program, 'line'), delay(500)]);
  }
}

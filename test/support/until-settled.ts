import { type DeliveryList } from '../../src/deliveries/delivery-view.js';
import { send } from './send-webhook.js';

/** Waits until no attempt is running at what is kept: 202 goes out when the first has failed, before the others have ended. */
export async function untilSettled(url: string): Promise<void> {
  for (;;) {
    const { text } = await send(url, { method: 'GET', path: '/deliveries' });
    const { deliveries } = JSON.parse(text) as DeliveryList;
    const forwards = deliveries.flatMap((delivery) => delivery.forwards);
    if (forwards.every(({ runningSince }) => runningSince === undefined)) return;
  }
}

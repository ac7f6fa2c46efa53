import { type Logger } from '../../logging/logger.js';
import { type Change } from '../../spool/spool.js';

/** Logs the forwards that a change has made dead: they will not be tried again by themselves. */
export function logGivenUp(logger: Logger, change: Change | undefined): void {
  if (change === undefined) return;
  const { id, guid, event } = change.after.delivery;
  for (const { backend, state, reason } of change.after.forwards) {
    if (state !== 'dead') continue;
    if (change.before.forwards.some((before) => before.backend === backend && before.state === 'dead'))
      continue;
    const { host } = new URL(backend);
    logger.error({ deliveryId: id, delivery: guid, event, host, reason }, 'forward given up');
  }
}

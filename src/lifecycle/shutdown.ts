import { type INestApplication } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Readiness } from '../health/readiness.js';
import { type WebhookHttpAdapter } from '../http/webhook-http-adapter.js';
import { Logger } from '../logging/logger.js';
import { untilUnsought } from './until-unsought.js';

/**
 * Readiness falls; after a delay, in which a load balancer can take notice, and when it has, no new connection is accepted;
 * requests in flight finish, for a bounded time.
 */
export async function shutDown(app: INestApplication): Promise<void> {
  const { shutdownDelayMs, shutdownTimeoutMs } = app.get(SprayproxyConfig);
  const logger = app.get(Logger);
  const adapter = app.getHttpAdapter() as WebhookHttpAdapter;
  app.get(Readiness).fall();
  adapter.announceClosing();
  // Where nothing has been listened on, nobody has to take notice.
  const isListening = adapter.addresses.some((address) => address !== null);
  if (isListening) await untilUnsought(adapter, shutdownDelayMs, app.get(Clock));

  const timer = setTimeout(() => {
    logger.error(
      { timeoutMs: shutdownTimeoutMs },
      'requests in flight did not finish in time and are cut off',
    );
    adapter.cutOff();
  }, shutdownTimeoutMs);
  await app.close();
  clearTimeout(timer);
  logger.info('shut down');
}

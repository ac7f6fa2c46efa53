import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Readiness } from '../health/readiness.js';
import { type WebhookHttpAdapter } from '../http/webhook-http-adapter.js';
import { Logger } from '../logging/logger.js';

/**
 * Readiness falls; after a delay, in which a load balancer can take notice, no new connection is accepted; requests in
 * flight finish, for a bounded time.
 */
export async function shutDown(app: INestApplication): Promise<void> {
  const { shutdownDelayMs, shutdownTimeoutMs } = app.get(SprayproxyConfig);
  const logger = app.get(Logger);
  app.get(Readiness).fall();
  (app.getHttpAdapter() as WebhookHttpAdapter).announceClosing();
  const server = app.getHttpServer() as Server;
  // Where nothing has been listened on, nobody has to take notice.
  if (server.listening) await delay(shutdownDelayMs);

  const timer = setTimeout(() => {
    logger.error(
      { timeoutMs: shutdownTimeoutMs },
      'requests in flight did not finish in time and are cut off',
    );
    server.closeAllConnections();
  }, shutdownTimeoutMs);
  await app.close();
  clearTimeout(timer);
  logger.info('shut down');
}

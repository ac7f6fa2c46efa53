import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Readiness } from '../health/readiness.js';
import { type WebhookHttpAdapter } from '../http/webhook-http-adapter.js';
import { Logger } from '../logging/logger.js';

/** Ends the process on SIGTERM or SIGINT: in order at the first, at once with status 1 at the second. */
export function shutDownOnSignal(app: INestApplication): void {
  let begun = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (begun) process.exit(1);
    begun = true;
    const logger = app.get(Logger);
    const exit = (code: number) => {
      logger.flush(() => process.exit(code));
    };
    logger.info({ signal }, 'shutting down');
    void shutDown(app).then(
      () => {
        exit(0);
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'shutdown failed');
        exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/**
 * Readiness falls; after a delay, in which a load balancer can take notice, no new connection is accepted; requests in
 * flight finish, for a bounded time.
 */
export async function shutDown(app: INestApplication): Promise<void> {
  const { shutdownDelayMs, shutdownTimeoutMs } = app.get(SprayproxyConfig);
  const logger = app.get(Logger);
  app.get(Readiness).fall();
  (app.getHttpAdapter() as WebhookHttpAdapter).announceClosing();
  await delay(shutdownDelayMs);

  const server = app.getHttpServer() as Server;
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

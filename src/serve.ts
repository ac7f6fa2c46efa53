import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { createApp } from './app.js';
import { SprayproxyConfig } from './config/sprayproxy-config.js';
import { listenOn } from './http/listen-on.js';
import { WebhookListener } from './intake/webhook-listener.js';
import { OrderlyEnd } from './lifecycle/orderly-end.js';
import { type StopSignals } from './lifecycle/stop-signals.js';
import { trimHeap } from './lifecycle/trim-heap.js';
import { createLogger, Logger } from './logging/logger.js';
import { MetricsServer } from './metrics/server.js';
import { UnusableSpool } from './spool/unusable-spool.js';
import { VERSION } from './version.js';

/**
 * Runs the service, until a signal comes; one that comes while it starts keeps it from listening.
 * @throws SpoolUnusableError, or whatever else keeps it from listening.
 */
export async function serve(config: SprayproxyConfig, signals: StopSignals): Promise<void> {
  const logger = createLogger(config.logLevel);
  const end = new OrderlyEnd(signals, logger);
  const app = await createApp(config, { logger });
  app.get(UnusableSpool).listen((error) => {
    end.cannotGoOn(error);
  });
  trimHeap();
  if (!end.stopping) await app.init();
  if (!end.stopping) await open(app);
  end.of(app);
}

/** Resolves when the application takes webhooks, and has said so. */
export async function listen(app: INestApplication): Promise<void> {
  await app.init();
  await open(app);
}

async function open(app: INestApplication): Promise<void> {
  const { serverHost, serverPort } = app.get(SprayproxyConfig);
  const server = app.getHttpServer() as Server;
  const webhooks = app.get(WebhookListener);
  // Nest would write a line of its own about a failure.
  await listenOn(server, {
    host: serverHost,
    port: serverPort,
    variables: { host: 'SPRAYPROXY_SERVER_HOST', port: 'SPRAYPROXY_SERVER_PORT' },
  });
  await webhooks.listen();

  const { address, port } = server.address() as AddressInfo;
  const [metricsPort, webhookPort] = [app.get(MetricsServer).port, webhooks.port];
  app
    .get(Logger)
    .info(
      { version: VERSION, address, port, metricsPort, ...(webhookPort !== undefined && { webhookPort }) },
      'listening',
    );
}

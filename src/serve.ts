import { NestFactory } from '@nestjs/core';
import { type AddressInfo } from 'node:net';

import { AppModule } from './app.module.js';
import { SprayproxyConfig } from './config/sprayproxy-config.js';
import { OpenApi } from './deliveries/openapi/open-api.js';
import { WebhookHttpAdapter } from './http/webhook-http-adapter.js';
import { shutDownOnSignal } from './lifecycle/shutdown.js';
import { trimHeap } from './lifecycle/trim-heap.js';
import { Logger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { VERSION } from './version.js';

/** Starts the service. @throws ConfigurationError, SpoolUnusableError, or whatever else keeps it from listening. */
export async function serve(): Promise<void> {
  const module = await AppModule.forEnvironment();
  const adapter = new WebhookHttpAdapter();
  const app = await NestFactory.create(module, adapter, {
    abortOnError: false,
    bodyParser: false,
    logger: false,
  });
  const config = app.get(SprayproxyConfig);
  if (config.deliveriesEnabled) app.get(OpenApi).describes(app);
  adapter.limitRequestTime(config.readTimeoutMs);
  shutDownOnSignal(app);
  trimHeap();
  await (config.serverHost === undefined
    ? app.listen(config.serverPort)
    : app.listen(config.serverPort, config.serverHost));
  app.useLogger(app.get(NestLogger));

  const { address, port } = adapter.getHttpServer().address() as AddressInfo;
  app
    .get(Logger)
    .info({ version: VERSION, address, port, metricsPort: app.get(MetricsServer).port }, 'listening');
}
